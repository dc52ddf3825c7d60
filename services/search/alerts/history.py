"""What an alert fired lately, by article: for feeds and listeners, who see the articles as the store has them now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.search.rights import as_permitted
from shared.article_store.document import StoredArticle
from shared.article_store.protocol import ArticleReader
from shared.redis_client import RedisConnection

_AT_ONCE = 50


class Fired(NamedTuple):
    """One firing; `id` orders them and begins with the time in ms."""

    id: str
    stored: StoredArticle


@dataclass(frozen=True)
class History:
    """Reads what `fire.py` wrote; what was withdrawn from searches meanwhile is left out."""

    connection: RedisConnection
    reader: ArticleReader

    async def latest(self, alert_id: str, size: int) -> list[Fired]:
        """The newest firings, the newest first."""
        return await self._shown(await self.connection.client.xrevrange(self._key(alert_id), count=size))

    async def latest_of_each(self, alert_ids: Sequence[str], size: int) -> dict[str, list[Fired]]:
        """The newest firings of each alert, the newest first: one question to the broker and one to the store."""
        async with self.connection.client.pipeline(transaction=False) as pipeline:
            for alert_id in alert_ids:
                pipeline.xrevrange(self._key(alert_id), count=size)
            found = await pipeline.execute()
        fired = await self._shown([entry for entries in found for entry in entries])
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
        return await self._shown(entries), str(entries[-1][0]) if entries else entry_id

    async def _shown(self, entries: Sequence[tuple[str, dict[str, str]]]) -> list[Fired]:
        ids = [fields["article_id"] for _, fields in entries]
        found = await self.reader.get_many(ids)
        shown = {article_id: as_permitted(stored) for article_id, stored in found.items() if not stored.hidden}
        return [
            Fired(str(entry_id), shown[fields["article_id"]])
            for entry_id, fields in entries
            if fields["article_id"] in shown
        ]

    def _key(self, alert_id: str) -> str:
        return self.connection.key("alerts", "history", alert_id)
