"""Looks at articles and their past in as few requests as it takes; what was just written needs no second reading."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elasticsearch import AsyncElasticsearch

from shared.article_store.document import RevisionMark, Standing, StoredArticle
from shared.article_store.elasticsearch import bulk, past
from shared.article_store.elasticsearch.mapping import State, standing_of, state_of
from shared.article_store.elasticsearch.places import NOWHERE, UNMARKED, Found, Marks, Months, Places
from shared.article_store.past import Past
from shared.article_store.stories import Claim, claim_of

Revisions = Mapping[str, Sequence[RevisionMark]]


@dataclass(frozen=True)
class Known:
    """Articles as they were just written, with the marks that their documents carry while they are so, and the
    revisions of those that nobody had written before: searches may not see these yet."""

    articles: Mapping[str, StoredArticle]
    marks: Marks
    revisions: Revisions

    def standing(self, article_id: str, found: Mapping[str, Any]) -> tuple[int, Standing, Claim]:
        """Revision, standing and claim of an article whose document was found."""
        if self._is_as_written(article_id, found):
            stored = self.articles[article_id]
            return stored.article.revision, stored.standing, claim_of(stored.enrichment)
        return standing_of(found)

    def state(self, article_id: str, found: Mapping[str, Any]) -> State:
        """Version and standing of an article whose document was found."""
        if self._is_as_written(article_id, found):
            return self.articles[article_id].version, self.articles[article_id].standing
        return state_of(found)

    def _is_as_written(self, article_id: str, found: Mapping[str, Any]) -> bool:
        return self.marks.get(article_id) is not None and self.marks[article_id] == bulk.mark_of(found)


NOTHING_KNOWN = Known({}, UNMARKED, {})


class Looks:
    """What a writer sees of articles."""

    def __init__(self, client: AsyncElasticsearch, prefix: str, places: Places) -> None:
        self._client = client
        self._prefix = prefix
        self._places = places

    async def look(
        self,
        article_ids: Sequence[str],
        fields: Sequence[str],
        *,
        homes: Months = NOWHERE,
        guesses: Months = NOWHERE,
        known: Known = NOTHING_KNOWN,
    ) -> tuple[Found, dict[str, Past]]:
        """The articles and their past, without what stories say: one search of revisions, one look for the rest."""
        asked = past.withdrawals_asked(self._prefix, article_ids)
        revisions, found = await asyncio.gather(
            past.marks(self._client, self._prefix, article_ids),
            self._places.find(article_ids, fields, homes=homes, guesses=guesses, beside=asked, marks=known.marks),
        )
        for article_id in known.revisions.keys() & set(article_ids):
            seen = {mark.revision: mark for mark in revisions.get(article_id, ())}
            ours = {mark.revision: mark for mark in known.revisions[article_id]}
            revisions[article_id] = list((ours | seen).values())
        # The first revision of an article is written without a refresh.
        if unseen := [i for i in article_ids if i in found.homes and not revisions.get(i)]:
            await past.refresh(self._client, self._prefix)
            revisions |= await past.marks(self._client, self._prefix, unseen)
        return found, past.pasts(article_ids, revisions, found.beside)
