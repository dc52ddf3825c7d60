"""Articles as the one saw them who said that they were indexed: a reader may need a moment until it does."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from shared.article_store.document import StoredArticle
from shared.clock import Clock

# Longer than a reader of the embedded store takes to see a commit.
_SIGHT_S = 0.15
Ask = Callable[[Sequence[str]], Awaitable[dict[str, StoredArticle]]]


async def in_sight(ask: Ask, revisions: Mapping[str, int], clock: Clock) -> dict[str, StoredArticle]:
    """The articles in these revisions, or newer, by id; what is gone meanwhile is left out.

    Args:
        ask: the articles with some ids that are there, by id.
    """
    found = await ask(list(revisions))
    if any(id_ not in found or found[id_].article.revision < revision for id_, revision in revisions.items()):
        await clock.sleep(_SIGHT_S)
        found = await ask(list(revisions))
    return found
