"""Gives articles the standing that their past and their stories give them, and looks again until it is right."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from elasticsearch import AsyncElasticsearch

from shared.article_store.document import Standing, StoredArticle
from shared.article_store.elasticsearch import past
from shared.article_store.elasticsearch.facts import FactKeeper, touched
from shared.article_store.elasticsearch.looks import NOTHING_KNOWN, Known, Looks
from shared.article_store.elasticsearch.mapping import SOURCE, STANDING_FIELDS, State, placed, source_of, taken_away
from shared.article_store.elasticsearch.operations import Operation
from shared.article_store.elasticsearch.places import NOWHERE, Months, Places, claims, homeless
from shared.article_store.elasticsearch.stories import StoryKeeper
from shared.article_store.past import Past, in_standing, plans, standing
from shared.article_store.stories import Claim
from shared.clock import Clock
from shared.errors import DependencyUnavailable

# Each round more needs another writer to have changed the same article in between.
ROUNDS = 8
# A batch of stories may name tens of thousands of articles.
SETTLED_AT_ONCE = 500


class Settling:
    """Mends what writers left that knew less: whoever comes last sees all that was written before."""

    def __init__(
        self,
        client: AsyncElasticsearch,
        clock: Clock,
        prefix: str,
        places: Places,
        looks: Looks,
        facts: FactKeeper,
        stories: StoryKeeper,
    ) -> None:
        self._client = client
        self._clock = clock
        self._prefix = prefix
        self._places = places
        self._looks = looks
        self._facts = facts
        self._stories = stories

    async def settle_members(self, article_ids: Collection[str]) -> None:
        """Settle articles, and the facts of those that became a copy of another or are none any more."""
        ordered = sorted(article_ids)
        for start in range(0, len(ordered), SETTLED_AT_ONCE):
            turned: dict[str, StoredArticle] = {}
            states = await self.settle(ordered[start : start + SETTLED_AT_ONCE], turned=turned)
            await self._facts.settle(touched(turned.values()), turned, states)

    async def settle(
        self,
        article_ids: Sequence[str],
        homes: Months = NOWHERE,
        known: Known = NOTHING_KNOWN,
        turned: dict[str, StoredArticle] | None = None,
    ) -> dict[str, State]:
        """Return when every article has the standing that its past gives it, and none is there that was deleted;
        what those are that are there. `homes` are the months of articles, as far as they are known. Where `turned` is
        given, facts of articles that became a copy or are none any more are written with them, and it says which.

        Raises:
            DependencyUnavailable: others change the articles faster than this comes to an end, or another program
                writes articles now: what was just written is to be put by that one.
        """
        open_ids, states = article_ids, dict[str, State]()
        for _ in range(ROUNDS):
            found, pasts = await self._looks.look(open_ids, STANDING_FIELDS, homes=homes, known=known)
            standings = {i: known.standing(i, item) for i, item in found.articles.items()}
            states = {i: state for i, state in states.items() if i not in pasts}
            states |= {i: known.state(i, item) for i, item in found.articles.items()}
            rewritten, _ = await past.carry_out(self._client, self._clock, self._prefix, plans(pasts, {}))
            said = await self._stories.marks_for({i: _claimed(standings.get(i)) for i in open_ids})
            pasts = {i: replace(pasts[i], stories=said[i]) for i in open_ids}
            wrong = [i for i, standing in standings.items() if not _is_right(*standing, pasts[i])]
            await self._mend(wrong, pasts, turned)
            open_ids = sorted({*rewritten, *wrong})
            if not open_ids:
                return states
            known = NOTHING_KNOWN
        raise DependencyUnavailable(f"{len(open_ids)} articles change faster in elasticsearch than their past is kept")

    async def _mend(
        self, article_ids: Sequence[str], pasts: Mapping[str, Past], turned: dict[str, StoredArticle] | None
    ) -> None:
        if not article_ids:
            return
        found = await self._places.find(article_ids, [SOURCE])
        present = {article_id: source_of(item) for article_id, item in found.articles.items()}
        planned = plans({article_id: pasts[article_id] for article_id in article_ids}, present)
        missing = homeless(found, present.values())
        _, claimed = await past.carry_out(self._client, self._clock, self._prefix, planned, claims(missing))
        homes = {**found.homes, **await self._places.claimed(missing, claimed)}
        mended = {article_id: in_standing(stored, planned[article_id].past) for article_id, stored in present.items()}
        operations = [_mended(stored, planned[article_id].past) for article_id, stored in mended.items()]
        facts: list[Operation] = []
        if turned is not None:
            now = {i: s for i, s in mended.items() if (s.copy_of is None) != (present[i].copy_of is None)}
            facts = [one async for one in self._facts.operations(sorted(now), touched(now.values()), now)]
            turned |= now
        await self._places.write(found.layout, homes, operations, beside=facts)


def _is_right(revision: int, own: Standing, claim: Claim, known: Past) -> bool:
    return not known.forbids(revision) and own == standing(known, revision, claim)


def _claimed(standing: tuple[int, Standing, Claim] | None) -> set[str]:
    return {standing[2].story_id} if standing is not None and standing[2].story_id is not None else set()


def _mended(stored: StoredArticle, known: Past) -> Operation:
    if known.erased is not None and known.forbids(stored.article.revision):
        return taken_away(stored.article_id, known.erased.revision)
    return placed(stored)
