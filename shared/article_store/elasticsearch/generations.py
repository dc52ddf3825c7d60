"""Moves articles to the indices of this code's mapping while they are read and written, and back.

Writes move first: from then on what is put, changed or deleted goes to the new generation and to the one that is read.
Then the older articles are copied under their versions, so that a newer one that is there stays. The alias that is
read moves last, in one step. The older generation goes on being written until it is dropped, so that the alias can
move back without losing anything.

Every step may be repeated, and carried out by several processes at once.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from elasticsearch import AsyncElasticsearch, ConflictError

from shared.article_store.elasticsearch import bulk, past
from shared.article_store.elasticsearch.layout import (
    LAYOUT_ID,
    Generation,
    Layout,
    generation_name,
    month_of,
    template,
)
from shared.article_store.elasticsearch.mapping import SOURCE, alias, placed, source_of
from shared.article_store.elasticsearch.places import CONTENT, Places, behind_alias, read_layout
from shared.errors import ConfigurationError, DependencyUnavailable

Settle = Callable[[Sequence[str]], Awaitable[object]]
Report = Callable[[int, int], None]
_PAGE = 200
_ATTEMPTS = 20


class Generations:
    """The generations of one store, for a program whose mapping has the name `own`."""

    def __init__(self, client: AsyncElasticsearch, prefix: str, own: str) -> None:
        self._client = client
        self._prefix = prefix
        self._own = own

    async def begin(self, *, by_itself: bool) -> Layout:
        """Let writes go to this code's mapping, too; the layout from then on.

        Raises:
            ConfigurationError: there are indices behind the alias that nobody knows, or another program moves the
                articles away from this mapping.
        """
        own = Generation(name=self._own)
        layout = await read_layout(self._client, self._prefix)
        if layout is not None and layout.leading.name == own.name:
            return layout
        if layout is not None and layout.also is not None and layout.also.name == own.name:
            raise ConfigurationError(
                f"articles are written with {layout.leading.name} and with this program's mapping, too: "
                "newsweir reindex --back leaves that one"
            )
        read = await self._read(layout)
        await self._put_template()
        left = tuple(name for name in layout.left if name != own.name) if layout else ()
        reading = read.name if read else own.name
        begun = Layout(leading=own, also=read, reading=reading, by_itself=by_itself, left=left)
        written = await self._change(begun, layout)
        if layout is not None:
            for dropped in layout.written:
                if dropped.name not in (own.name, reading):
                    await self._drop(dropped)
        elif read is not None:
            # A program before months writes through the alias: it must not, behind the copy's back.
            await self._alias_actions([{"add": {**self._one(read), "alias": alias(self._prefix), **_NOT_WRITTEN}}])
        return written

    async def copy(self, places: Places, settle: Settle, report: Report) -> None:
        """Copy what the older generation holds; goes on where it was broken off.

        Args:
            settle: lets articles have the standing that their past gives them, and deletes those that it forbids:
                what happened between the reading of a page and its writing.
            report: told how many of how many articles are there.
        """
        layout = await self._current()
        if layout.also is None:
            return
        source = generation_name(self._prefix, layout.also.name)
        if not (await self._client.indices.exists(index=source)):
            return
        await self._client.indices.refresh(index=source)
        total = int((await self._client.count(index=source))["count"])
        done = 0 if not layout.copied_to else await self._copied(source, layout.copied_to)
        after = layout.copied_to
        while page := await self._page(source, after):
            articles = [source_of(hit) for hit in page]
            homes = await places.claim({a.article_id: month_of(a.article.first_seen_at) for a in articles})
            bulk.all_taken(await places.write(layout, homes, [placed(a) for a in articles], only_leading=True))
            await settle([article.article_id for article in articles])
            after, done = articles[-1].article_id, done + len(articles)
            layout = await self._note(after)
            report(done, max(total, done))

    async def switch(self) -> None:
        """Let this code's mapping be read."""
        layout = await self._current()
        await self._client.indices.refresh(index=self._name(layout.leading), ignore_unavailable=True)
        await self._change(layout.model_copy(update={"reading": layout.leading.name, "copied_to": ""}), layout)
        await self.align()

    async def align(self) -> None:
        """Let the alias stand for the generation that the layout says is read: readers never see none and never see
        both."""
        layout = await read_layout(self._client, self._prefix)
        while layout is not None:
            read = _of_name(layout, layout.reading)
            wanted = set(await self._indices(read))
            behind = set(await behind_alias(self._client, alias(self._prefix)))
            of_alias = {"alias": alias(self._prefix)}
            await self._alias_actions(
                [
                    *({"add": {"index": index, **of_alias}} for index in sorted(wanted - behind)),
                    *({"remove": {"index": index, **of_alias}} for index in sorted(behind - wanted)),
                ]
            )
            before, layout = layout, await read_layout(self._client, self._prefix)
            if layout is not None and layout.reading == before.reading:
                return

    async def finish(self) -> None:
        """Drop the older generation: there is no way back from then on."""
        layout = await self._current(of_any=True)
        if layout.also is not None and not layout.is_filling:
            await self._change(layout.model_copy(update={"also": None, "by_itself": False}), layout)
            await self._drop(layout.also)

    async def back(self) -> str:
        """Let the older generation be read and written alone, and drop the newer one; the name of the older.

        Raises:
            ConfigurationError: there is none.
        """
        layout = await self._current(of_any=True)
        if layout.also is None:
            raise ConfigurationError("there is no older generation of indices to go back to")
        older = layout.also
        left = (*layout.left, layout.leading.name)
        await self._change(Layout(leading=_leading(older), reading=older.name, left=left), layout)
        await self.align()
        if not older.monthly:
            write = {"is_write_index": True}
            await self._alias_actions([{"add": {**self._one(older), "alias": alias(self._prefix), **write}}])
        await self._drop(layout.leading)
        return older.name

    async def count(self, generation: Generation) -> int:
        """How many articles a generation holds."""
        name = generation_name(self._prefix, generation.name)
        await self._client.indices.refresh(index=name, ignore_unavailable=True)
        answer = await self._client.count(index=name, ignore_unavailable=True)
        return int(answer["count"])

    async def read(self) -> Generation | None:
        """What is read now; None where there is nothing yet."""
        return await self._read(await read_layout(self._client, self._prefix))

    async def _current(self, *, of_any: bool = False) -> Layout:
        layout = await read_layout(self._client, self._prefix)
        if layout is None or (layout.leading.name != self._own and not of_any):
            raise DependencyUnavailable("another program changed the layout of the indices meanwhile: try again")
        return layout

    async def _read(self, layout: Layout | None) -> Generation | None:
        """The generation that is read, with the fields it knows."""
        if layout is not None:
            read = _of_name(layout, layout.reading)
            return read.model_copy(update={"fields": await self._fields(read)})
        behind = await behind_alias(self._client, alias(self._prefix))
        if not behind:
            return None
        if len(behind) > 1:
            raise ConfigurationError(f"several indices are behind {alias(self._prefix)}, and none is known: {behind}")
        name = behind[0].removeprefix(f"{alias(self._prefix)}-")
        read = Generation(name=name, monthly=False)
        return read.model_copy(update={"fields": await self._fields(read)})

    async def _fields(self, generation: Generation) -> tuple[str, ...]:
        name = generation_name(self._prefix, generation.name)
        if generation.monthly:
            found = await self._client.indices.get_index_template(name=name)
            mappings = found["index_templates"][0]["index_template"]["template"]["mappings"]
            return tuple(sorted(mappings["properties"]))
        answer = await self._client.indices.get_mapping(index=name)
        return tuple(sorted({field for index in answer.values() for field in index["mappings"]["properties"]}))

    async def _page(self, source: str, after: str) -> list[dict[str, Any]]:
        answer = await self._client.search(
            index=source,
            size=_PAGE,
            sort=[{"article_id": "asc"}],
            search_after=[after] if after else None,
            source_includes=[SOURCE],
            track_total_hits=False,
        )
        hits: list[dict[str, Any]] = answer["hits"]["hits"]
        return hits

    async def _copied(self, source: str, copied_to: str) -> int:
        answer = await self._client.count(index=source, query={"range": {"article_id": {"lte": copied_to}}})
        return int(answer["count"])

    async def _note(self, copied_to: str) -> Layout:
        layout = await self._current()
        return await self._change(layout.model_copy(update={"copied_to": copied_to}), layout)

    async def _put_template(self) -> None:
        name = generation_name(self._prefix, self._own)
        await self._client.indices.put_index_template(name=name, **template(self._prefix, self._own))

    async def _indices(self, generation: Generation) -> list[str]:
        name = generation_name(self._prefix, generation.name)
        return await behind_alias(self._client, name) if generation.monthly else [name]

    def _name(self, generation: Generation) -> str:
        return generation_name(self._prefix, generation.name)

    def _one(self, generation: Generation) -> dict[str, str]:
        return {"index": generation_name(self._prefix, generation.name)}

    async def _alias_actions(self, actions: list[dict[str, Any]]) -> None:
        if actions:
            await self._client.indices.update_aliases(actions=actions)

    async def _drop(self, generation: Generation) -> None:
        # By name: a server may forbid removal by pattern.
        for index in await self._indices(generation):
            await self._client.indices.delete(index=index, ignore_unavailable=True)
        if generation.monthly:
            name = generation_name(self._prefix, generation.name)
            if await self._client.indices.exists_index_template(name=name):
                await self._client.indices.delete_index_template(name=name)

    async def _change(self, wanted: Layout, before: Layout | None) -> Layout:
        """Write the layout down, where it still is what it was; what it is then.

        Raises:
            DependencyUnavailable: another process changed it meanwhile.
        """
        name = past.alias(self._prefix)
        document = {"kind": LAYOUT_ID, CONTENT: wanted.model_dump(mode="json")}
        try:
            if before is None:
                await self._client.create(index=name, id=LAYOUT_ID, document=document)
                return wanted
            found = await self._client.get(index=name, id=LAYOUT_ID)
            if Layout.model_validate(found["_source"][CONTENT]) == before:
                at = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
                await self._client.index(index=name, id=LAYOUT_ID, document=document, **at)
                return wanted
        except ConflictError:
            pass
        now = await read_layout(self._client, self._prefix)
        if now is not None and now.model_copy(update=_PROGRESS) == wanted.model_copy(update=_PROGRESS):
            return now
        raise DependencyUnavailable("another process changed the layout of the indices meanwhile: try again")


_NOT_WRITTEN = {"is_write_index": False}
_PROGRESS = {"copied_to": "", "by_itself": False}


async def bring_up(client: AsyncElasticsearch, prefix: str, own: str, places: Places, settle: Settle) -> None:
    """Return when this program may write articles.

    Where another mapping is in use, and no command moves to this one, this does: what is put waits until the copy is
    whole, reading goes on.

    Raises:
        DependencyUnavailable: an operator keeps another mapping in use.
    """
    generations = Generations(client, prefix, own)
    layout = await read_layout(client, prefix)
    if layout is not None:
        _check_wanted(layout, own)
    layout = await generations.begin(by_itself=True)
    if layout.by_itself and layout.also is not None:
        if layout.is_filling:
            await generations.copy(places, settle, lambda _done, _total: None)
            await generations.switch()
        await generations.finish()
    await generations.align()


def _check_wanted(layout: Layout, own: str) -> None:
    if layout.leading.name == own:
        return
    if own in layout.left:
        raise DependencyUnavailable(
            f"an operator went back from this program's mapping {own} to {layout.leading.name}: run the indexing of "
            "that version, or newsweir reindex to come here again"
        )
    if layout.also is not None and layout.also.name == own:
        raise DependencyUnavailable(
            f"articles are written with the mapping {layout.leading.name} of another version now: run its indexing, "
            "or its newsweir reindex --back"
        )


async def check_mapping(client: AsyncElasticsearch, prefix: str, own: str) -> bool:
    """Whether there are indices; what is read has the mapping of the name `own` then.

    Raises:
        DependencyUnavailable: it has another one.
    """
    layout = await read_layout(client, prefix)
    if layout is None:
        if await behind_alias(client, alias(prefix)):
            raise DependencyUnavailable(_ANOTHER.format("the one index of a program before months"))
        return False
    if layout.reading != own:
        raise DependencyUnavailable(_ANOTHER.format(layout.reading))
    return True


_ANOTHER = (
    "the articles that are read have another mapping than this program's ({}): they are copied when an indexing "
    "service of the same version starts, or by newsweir reindex"
)


def _of_name(layout: Layout, name: str) -> Generation:
    return next(generation for generation in layout.written if generation.name == name)


def _leading(generation: Generation) -> Generation:
    return generation.model_copy(update={"fields": ()})
