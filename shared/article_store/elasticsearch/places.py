"""Finds articles by their ids in the index of their month, and writes them there: an article is in one month only.

The month is that of the first time the article was seen, and stays what it was when the article was first put, even
where a later event says otherwise: a document beside the revisions, written once and before the article, holds it.
The layout is read in the same request, so that every look tells whether articles are to be written elsewhere since.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from elasticsearch import AsyncElasticsearch, BadRequestError, NotFoundError

from shared.article_store.document import StoredArticle
from shared.article_store.elasticsearch import bulk, past
from shared.article_store.elasticsearch.layout import (
    LAYOUT_ID,
    Generation,
    Layout,
    everywhere,
    generation_name,
    index_of,
    month_of,
    target_of,
    template,
)
from shared.article_store.elasticsearch.mapping import alias
from shared.article_store.elasticsearch.operations import Operation, Target
from shared.clock import Clock
from shared.errors import DependencyUnavailable

Months = Mapping[str, str]
Document = Mapping[str, Any]
NOWHERE: Months = MappingProxyType({})
Marks = Mapping[str, bulk.Mark]
UNMARKED: Marks = MappingProxyType({})
CONTENT = "content"
_HOME = "home"


@dataclass(frozen=True)
class Found:
    """What a look found.

    Attributes:
        homes: the month of each article that has one.
        articles: the documents that are there, by article_id; of several generations the newest.
        beside: what else was asked for, in that order.
    """

    layout: Layout
    homes: dict[str, str] = field(default_factory=dict)
    articles: dict[str, Document] = field(default_factory=dict)
    beside: list[Document] = field(default_factory=list)


class Places:
    """Where articles are, for writers whose mapping has the name `own`."""

    def __init__(self, client: AsyncElasticsearch, clock: Clock, prefix: str, own: str) -> None:
        self._client = client
        self._clock = clock
        self._prefix = prefix
        self._own = own
        # As of the last look: only a guess, which every look checks.
        self._layout: Layout | None = None
        self._made: set[str] = set()

    async def find(
        self,
        article_ids: Sequence[str],
        fields: Iterable[str],
        *,
        homes: Months = NOWHERE,
        guesses: Months = NOWHERE,
        beside: Sequence[Document] = (),
        marks: Marks = UNMARKED,
    ) -> Found:
        """Look for articles: in one request, unless they are in other months than was guessed.

        Args:
            fields: of the source of each article that are wanted.
            homes: the months of articles that have one for certain.
            guesses: where else to look at once.
            beside: other documents to get in the same request.
            marks: of articles that are known in a state: their documents are got without a source, unless they are in
                another one.

        Raises:
            DependencyUnavailable: another program writes articles, or the store's indices are gone.
        """
        source = list(fields)
        unknown = [article_id for article_id in article_ids if article_id not in homes]
        at = {i: month for i in article_ids if (month := homes.get(i) or guesses.get(i))}
        guessed = self._layout
        asked = _asked(self._prefix, guessed, article_ids, at, source, marks) if guessed else []
        answer = await _mget(self._client, [*_places_asked(self._prefix, unknown), *beside, *asked])
        layout, known = _places(answer, unknown)
        layout = self._checked(layout)
        known |= {i: homes[i] for i in article_ids if i in homes}
        others = 1 + len(unknown)
        articles = answer[others + len(beside) :]
        if guessed is None or guessed.written != layout.written:
            articles, rest = [], list(article_ids)
        else:
            rest = [i for i, month in known.items() if at.get(i) != month]
            rest += _changed(articles, marks)
        if rest:
            again = set(rest)
            articles = [found for found in articles if found["_id"] not in again]
            articles += await _mget(self._client, _asked(self._prefix, layout, rest, known, source))
        return Found(layout, known, _newest(articles), answer[others : others + len(beside)])

    async def claim(self, months: Months) -> dict[str, str]:
        """Give articles their months for good; where another writer was first, what it said."""
        operations = claims(months)
        results = await bulk.write(self._client, self._clock, Target(past.alias(self._prefix)), operations)
        return await self.claimed(months, bulk.all_taken(results))

    async def claimed(self, months: Months, results: Sequence[bulk.ItemResult]) -> dict[str, str]:
        """The months of articles, given what became of the `claims` of these."""
        lost = [article_id for article_id, result in zip(months, results, strict=True) if result.newer_is_there]
        if not lost:
            return dict(months)
        return {**months, **_places(await _mget(self._client, _places_asked(self._prefix, lost)), lost)[1]}

    async def write(
        self,
        layout: Layout,
        homes: Months,
        operations: Sequence[Operation],
        *,
        only_leading: bool = False,
        beside: Sequence[Operation] = (),
    ) -> list[bulk.ItemResult]:
        """Carry out operations on articles, in every generation that is written; results of the leading one, in the
        order given. `beside` are others, with targets of their own, for the same request.

        Raises:
            DependencyUnavailable: no answer, too busy, or the indices cannot be written now.
            PermanentFailure: one of those beside was refused.
        """
        if not operations and not beside:
            return []
        if only_leading:
            layout = layout.model_copy(update={"also": None})
        months = {homes[operation.document_id] for operation in operations}
        parts = [part for o in operations for part in everywhere(self._prefix, layout, homes, o)]
        every = [*(operation for _, operation in parts), *beside]
        try:
            results = await self._write(layout, months, every)
        except bulk.NoIndex:
            # A month that was empty may have been dropped since it was made.
            self._made.clear()
            results = await self._write(layout, months, every)
        bulk.all_taken(results[len(parts) :])
        of_articles = results[: len(parts)]
        return [r for (generation, _), r in zip(parts, of_articles, strict=True) if generation is layout.leading]

    async def _write(
        self, layout: Layout, months: Iterable[str], operations: Sequence[Operation]
    ) -> list[bulk.ItemResult]:
        await self._make(layout, months)
        # A target of its own on every operation: that of the request is not used.
        return await bulk.write(self._client, self._clock, Target(alias(self._prefix)), operations)

    def _checked(self, layout: Layout | None) -> Layout:
        if layout is None:
            raise DependencyUnavailable(
                f"the indices {alias(self._prefix)} at ELASTICSEARCH_URL are gone: start indexing again to make them"
            )
        if layout.leading.name != self._own:
            raise DependencyUnavailable(
                f"articles are written with the mapping {layout.leading.name} now, this program's is {self._own}: "
                "run the indexing of that version, or see `newsweir reindex --dry-run`"
            )
        self._layout = layout
        return layout

    async def _make(self, layout: Layout, months: Iterable[str]) -> None:
        for month in sorted(months):
            for generation in layout.written:
                index = index_of(self._prefix, generation, month)
                if generation.monthly and index not in self._made:
                    await self._make_one(generation, month)
                    self._made.add(index)

    async def _make_one(self, generation: Generation, month: str) -> None:
        """Make the index of a month; several writers may do so at once."""
        name, index = generation_name(self._prefix, generation.name), index_of(self._prefix, generation, month)
        if not await self._client.indices.exists_index_template(name=name):
            if generation.name != self._own:
                raise DependencyUnavailable(f"the index template {name} is gone: run newsweir reindex --finish")
            await self._client.indices.put_index_template(name=name, **template(self._prefix, self._own))
        write: dict[str, Any] = {target_of(self._prefix, generation, month).name: {}}
        try:
            await self._client.indices.create(index=index, aliases=write)
        except BadRequestError as error:
            if error.error != "resource_already_exists_exception":
                raise
        await self._let_read(generation, index)

    async def _let_read(self, generation: Generation, index: str) -> None:
        """Put an index behind the alias that is read, if its generation is; only once it is there, for searches wait
        for every index. Who moves the alias meanwhile has said so in the layout before."""
        layout = await read_layout(self._client, self._prefix)
        while layout is not None:
            change = "add" if layout.reading == generation.name else "remove"
            if change == "add" or index in await behind_alias(self._client, alias(self._prefix)):
                action = {change: {"index": index, "alias": alias(self._prefix)}}
                try:
                    await self._client.indices.update_aliases(actions=[action])
                except NotFoundError as error:
                    raise bulk.NoIndex(f"the new index {index} was dropped at once: try again") from error
            before, layout = layout, await read_layout(self._client, self._prefix)
            if layout is not None and layout.reading == before.reading:
                return


async def read_articles(
    client: AsyncElasticsearch, prefix: str, article_ids: Sequence[str], fields: Sequence[str]
) -> dict[str, Document]:
    """The documents of these articles in the generation that is read, as far as they are there; for readers."""
    answer = await _mget(client, _places_asked(prefix, article_ids))
    layout, homes = _places(answer, article_ids)
    if layout is None:
        # Made by a program before months, or not made yet: then each item is an error.
        found = await client.mget(index=alias(prefix), ids=list(article_ids), source_includes=list(fields))
        return _newest(found["docs"])
    read = next(generation for generation in layout.written if generation.name == layout.reading)
    only = Layout(leading=read, reading=read.name)
    return _newest(await _mget(client, _asked(prefix, only, article_ids, homes, fields)))


async def read_layout(client: AsyncElasticsearch, prefix: str) -> Layout | None:
    """The layout; None where no program that knows months has written yet."""
    return _places(await _mget(client, _places_asked(prefix, ())), ())[0]


async def behind_alias(client: AsyncElasticsearch, name: str) -> list[str]:
    """The indices that an alias stands for."""
    try:
        return sorted(await client.indices.get_alias(name=name))
    except NotFoundError:
        return []


def claims(months: Months) -> list[Operation]:
    """Write down the month of each article, unless it has one; in the index of revisions."""
    return [
        Operation("create", _home_key(i), {"article_id": i, "kind": _HOME, CONTENT: {"month": month}})
        for i, month in months.items()
    ]


def _home_key(article_id: str) -> str:
    return f"{article_id}:{_HOME}"


async def _mget(client: AsyncElasticsearch, docs: Sequence[Document]) -> list[Document]:
    """What is found of each, in the order given; what is not, or has no index, says so."""
    if not docs:
        return []
    answer = await client.mget(docs=docs)
    found: list[Document] = answer["docs"]
    return found


def _places_asked(prefix: str, article_ids: Iterable[str]) -> list[Document]:
    keys = [LAYOUT_ID, *(_home_key(article_id) for article_id in article_ids)]
    return [{"_index": past.alias(prefix), "_id": key, "_source": [CONTENT]} for key in keys]


def _places(answer: Sequence[Document], article_ids: Sequence[str]) -> tuple[Layout | None, dict[str, str]]:
    said, homes = answer[0], answer[1 : 1 + len(article_ids)]
    layout = Layout.model_validate(said["_source"][CONTENT]) if said.get("found") else None
    pairs = zip(article_ids, homes, strict=True)
    return layout, {i: home["_source"][CONTENT]["month"] for i, home in pairs if home.get("found")}


def _asked(
    prefix: str,
    layout: Layout,
    article_ids: Iterable[str],
    months: Months,
    fields: Sequence[str],
    marks: Marks = UNMARKED,
) -> list[Document]:
    """The question for articles in all generations that are written; nothing of one without a month."""
    return [
        {
            "_index": index_of(prefix, generation, months.get(article_id, "")),
            "_id": article_id,
            "_source": False if article_id in marks else fields,
        }
        for generation in layout.written
        for article_id in article_ids
        if article_id in months or not generation.monthly
    ]


def _changed(answers: Iterable[Document], marks: Marks) -> list[str]:
    """The articles that are in another state than their marks are of."""
    newest = _newest(answers)
    return [i for i, mark in marks.items() if i in newest and bulk.mark_of(newest[i]) != mark]


def _newest(answers: Iterable[Document]) -> dict[str, Document]:
    newest: dict[str, Document] = {}
    for found in answers:
        if found.get("found"):
            known = newest.get(found["_id"])
            # Of equal ones the first, of the leading generation.
            if known is None or found["_version"] > known["_version"]:
                newest[found["_id"]] = found
    return newest


def homeless(found: Found, articles: Iterable[StoredArticle]) -> dict[str, str]:
    """The months of articles that have none yet, as the first of their states says."""
    missing: dict[str, str] = {}
    for stored in articles:
        if stored.article_id not in found.homes:
            missing.setdefault(stored.article_id, month_of(stored.article.first_seen_at))
    return missing
