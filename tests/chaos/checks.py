"""Whether what is there is what must be there; decides only."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

_NAMED = 5


@dataclass(frozen=True)
class Check:
    """One promise, and the ids for which it does not hold."""

    promise: str
    seen: str
    breaches: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.breaches

    def __str__(self) -> str:
        if self.holds:
            return f"{self.promise}: {self.seen}"
        more = f" and {len(self.breaches) - _NAMED} more" if len(self.breaches) > _NAMED else ""
        return f"{self.promise}: {self.seen}; {len(self.breaches)} breaches: {', '.join(self.breaches[:_NAMED])}{more}"


@dataclass(frozen=True)
class Held:
    """An article as the store has it."""

    article_id: str
    title: str
    revision: int


def nothing_lost(titles: Mapping[str, str], held: Iterable[Held]) -> Check:
    """Every article expected is in the store."""
    there = {article.article_id for article in held}
    lost = [f"{article} ({title})" for article, title in titles.items() if article not in there]
    return Check("lost", str(len(lost)), tuple(lost))


def nothing_doubled(held: Sequence[Held], total: int) -> Check:
    """Every article is in the store once, however it is counted."""
    counts = Counter(article.article_id for article in held)
    twice = [f"{article} {count} times" for article, count in counts.items() if count > 1]
    if not twice and total != len(counts):
        twice = [f"the store counts {total}, {len(counts)} are read"]
    return Check("duplicated in the store", str(len(twice)), tuple(twice))


def nothing_else(titles: Mapping[str, str], held: Iterable[Held]) -> Check:
    """Nothing is in the store that was not expected."""
    others = [f"{article.article_id} ({article.title})" for article in held if article.article_id not in titles]
    return Check("in the store and not expected", str(len(others)), tuple(others))


def newest_revisions(titles: Mapping[str, str], registry: Mapping[str, int], held: Iterable[Held]) -> Check:
    """Each article stands in its newest revision, which is the one that the registry knows."""
    wrong = [
        f"{article.article_id} {article.title!r} of {article.revision}, not {registry.get(article.article_id)}"
        for article in held
        if article.title != titles.get(article.article_id, article.title)
        or article.revision != registry.get(article.article_id)
    ]
    return Check("in an older revision", str(len(wrong)), tuple(wrong))


def one_effect_each(indexed: Iterable[str], copies: Mapping[str, int], expected: int) -> Check:
    """Each fetch that ended as indexed was announced once for every time that its entry was published.

    Args:
        indexed: fetch_id of each ArticleIndexed.
        copies: fetch_id → how often its entry was published, where that is more than once.
        expected: number of fetches that ended as indexed.
    """
    counts = Counter(indexed)
    wrong = [
        f"{fetch_id} announced {count} times, not {copies.get(fetch_id, 1)}"
        for fetch_id, count in counts.items()
        if count != copies.get(fetch_id, 1)
    ]
    if len(counts) != expected:
        wrong.append(f"{len(counts)} fetches were announced, {expected} ended as indexed")
    return Check("articles.indexed", f"{counts.total()} effects of {len(counts)} fetches", tuple(wrong))


def exactly_the_poisoned(poisoned: Collection[str], letters: Iterable[str]) -> Check:
    """Each poisoned article has one letter, and nobody else has any; ids of articles."""
    counts = Counter(letters)
    wrong = [
        f"{article} innocent, buried {count} times" for article, count in counts.items() if article not in poisoned
    ]
    wrong += [f"{article} buried {counts[article]} times" for article in poisoned if counts[article] != 1]
    return Check("dead letters", f"{counts.total()} of {len(poisoned)} poisoned", tuple(wrong))


def balanced(fetched: int, expected: int, by_disposition: Mapping[str, int], in_flight: int) -> Check:
    """Every fetch is counted once, and ended once."""
    settled = sum(by_disposition.values())
    wrong = []
    if fetched != expected:
        wrong.append(f"{fetched} fetches counted, {expected} made")
    if settled + in_flight != fetched:
        wrong.append(f"{settled} dispositions and {in_flight} in flight for {fetched} fetches")
    if in_flight:
        wrong.append(f"{in_flight} in flight")
    shown = ", ".join(f"{name} {count}" for name, count in sorted(by_disposition.items()) if count)
    return Check("ledger", f"fetched {fetched} = {shown}, in flight {in_flight}", tuple(wrong))


def not_asked_again(
    requests: Iterable[tuple[int, str]], feed: str, new: Collection[tuple[int, str]], when: str
) -> Check:
    """Nothing but feeds and new pages was requested; feeds once. Requests as (host, path)."""
    counts = Counter(requests)
    wrong = [
        f"host {host} {path} {count} times"
        for (host, path), count in counts.items()
        if count > 1 or (path != feed and (host, path) not in new)
    ]
    feeds = sum(count for (_, path), count in counts.items() if path == feed)
    pages = sum(count for (host, path), count in counts.items() if path != feed and (host, path) not in new)
    return Check(f"asked again {when}", f"{pages} pages, {feeds} feeds", tuple(wrong))
