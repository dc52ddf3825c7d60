"""Topics below those they belong to, as far as the paths of the articles at hand tell."""

from collections.abc import Iterable, Mapping, Sequence

from shared.article_store.document import StoredArticle
from shared.article_store.query import Bucket

_DEEPEST = 3


def parents(articles: Iterable[StoredArticle]) -> dict[str, tuple[str, ...]]:
    """What is above each topic on the paths of these articles, the nearest first."""
    above: dict[str, tuple[str, ...]] = {}
    for stored in articles:
        for topic in stored.enrichment.topics:
            for place, value in enumerate(topic.path):
                above.setdefault(value, tuple(reversed(topic.path[:place])))
    return above


def as_tree(buckets: Sequence[Bucket], above: Mapping[str, tuple[str, ...]]) -> tuple[tuple[Bucket, int], ...]:
    """The buckets with how deep each is, from 0; each follows the nearest topic above it that is among them."""
    here = {bucket.value for bucket in buckets}
    below: dict[str | None, list[Bucket]] = {}
    for bucket in buckets:
        nearest = next((value for value in above.get(bucket.value, ()) if value in here), None)
        below.setdefault(nearest, []).append(bucket)
    ordered: list[tuple[Bucket, int]] = []
    # Paths of articles enriched by different versions may contradict each other: each bucket is placed once.
    placed: set[str] = set()

    def place(value: str | None, depth: int) -> None:
        for bucket in below.get(value, ()):
            if bucket.value not in placed:
                placed.add(bucket.value)
                ordered.append((bucket, min(depth, _DEEPEST)))
                place(bucket.value, depth + 1)

    place(None, 0)
    return (*ordered, *((bucket, 0) for bucket in buckets if bucket.value not in placed))
