"""Which URL a fetched article is known by, as the registry has it."""

from services.crawler.composition import FetchedArticle
from services.crawler.identity import may_be_known_by
from shared.redis_client import RedisConnection
from shared.registry import RegistryEntry, read_entry
from shared.urls import article_id


async def known_as(
    connection: RedisConnection, fetched: FetchedArticle, held: str, doors: frozenset[str], *, is_new: bool = False
) -> tuple[str, RegistryEntry | None]:
    """The canonical URL of the article, and the registry's entry of it.

    Args:
        held: the article_id that the page gave its article before; "" where it yielded none.
        doors: the URLs of all sources' doors.
        is_new: take for granted that the registry has no entry, without asking it; for whoever hands over by a script
            that finds out, and asks again.
    """

    async def entry_of(url: str) -> RegistryEntry | None:
        return None if is_new else await read_entry(connection, article_id(url))

    declared = fetched.extraction.declared_canonical
    own_already = held == article_id(fetched.url)
    if declared and not own_already and may_be_known_by(fetched.url, declared, doors):
        entry = await entry_of(declared)
        # One with another text belongs to another page, unless this page gave it that text itself.
        if entry is None or entry.content_hash == fetched.content_hash or held == article_id(declared):
            return declared, entry
    return fetched.url, await entry_of(fetched.url)
