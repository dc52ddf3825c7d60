"""What an alert fired lately, by article: for feeds and listeners, who see the articles as the store has them now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.search.finding.rights import as_permitted
from services.search.finding.sight import in_sight
from shared.article_store.document import StoredArticle
from shared.article_store.protocol import ArticleReader
from shared.clock import Clock
from shared.redis_client import RedisConnection

_AT_ONCE = 50
Entries = Sequence[tuple[str, dict[str, str]]]


class Fired(NamedTuple):
    """One firing; `id` orders them and begins with the time in ms."""

    id: str
    stored: StoredArticle


@dataclass(frozen=True)
class History:
    """Reads what `fire.py` wrote; what was withdrawn from searches meanwhile is left out."""

    connection: RedisConnection
    reader: ArticleReader
    clock: Clock

    async def latest(self, alert_id: str, size: int) -> list[Fired]:
        """The newest firings, the newest first."""
        entries = await self.connection.client.xrevrange(self._key(alert_id), count=size)
        return _shown(entries, await self._articles(entries))

    async def latest_of_each(self, alert_ids: Sequence[str], size: int) -> dict[str, list[Fired]]:
        """The newest firings of each alert, the newest first: one question to the broker and one to the store."""
        async with self.connection.client.pipeline(transaction=False) as pipeline:
            for alert_id in alert_ids:
                pipeline.xrevrange(self._key(alert_id), count=size)
            found = await pipeline.execute()
        every = [entry for entries in found for entry in entries]
        fired = _shown(every, await self._articles(every))
        by_entry = {(item.id, item.stored.article_id): item for item in fired}
        return {
            alert_id: [
                by_entry[key] for entry_id, fields in entries if (key := (entry_id, fields["article_id"])) in by_entry
            ]
            for alert_id, entries in zip(alert_ids, found, strict=True)
        }

    async def newest_id(self, alert_id: str) -> str:
        """The id to listen after for what fires from now on."""
        newest = await self.connection.client.xrevrange(self._key(alert_id), count=1)
        return str(newest[0][0]) if newest else "0-0"

    async def after(self, alert_id: str, entry_id: str) -> tuple[list[Fired], str]:
        """What fired after an entry, oldest first, and the entry to go on after."""
        entries = await self.connection.client.xrange(self._key(alert_id), f"({entry_id}", count=_AT_ONCE)
        if not entries:
            return [], entry_id
        # Another replica may have fired what this one does not see yet, and nobody asks for it a second time.
        found = await in_sight(self.reader.get_many, dict.fromkeys(_ids(entries), 0), self.clock)
        return _shown(entries, found), str(entries[-1][0])

    async def _articles(self, entries: Entries) -> Mapping[str, StoredArticle]:
        return await self.reader.get_many(_ids(entries))

    def _key(self, alert_id: str) -> str:
        return self.connection.key("alerts", "history", alert_id)


def _ids(entries: Entries) -> list[str]:
    return [fields["article_id"] for _, fields in entries]


def _shown(entries: Entries, found: Mapping[str, StoredArticle]) -> list[Fired]:
    """What may be shown of the entries, in their order."""
    shown = {article_id: as_permitted(stored) for article_id, stored in found.items() if not stored.hidden}
    return [
        Fired(str(entry_id), shown[fields["article_id"]])
        for entry_id, fields in entries
        if fields["article_id"] in shown
    ]
