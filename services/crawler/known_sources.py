"""Which sources a crawler visits: those it may, with their doors, and whether a visit is still one of theirs."""

from collections.abc import Mapping

import structlog

from services.crawler.health import HealthRecorder, left_out
from services.crawler.politeness import NO_CONTACT
from services.crawler.selection import wanted
from services.crawler.visits import Visit, door_visit
from shared.clock import Clock
from shared.egress import is_loopback
from shared.source_registry import SourceRegistry
from shared.sources import Source

_log = structlog.get_logger()
_LEFT_OUT = f"it {NO_CONTACT}, and start again"


class KnownSources:
    """The sources of the registry as they were read last.

    A source of others is left out as long as no contact is set, and its health says so. A record that cannot be read is
    left out, too.

    Attributes:
        door_urls: of all that are not left out.
    """

    def __init__(self, registry: SourceRegistry, recorder: HealthRecorder, clock: Clock, *, has_contact: bool) -> None:
        self.door_urls: frozenset[str] = frozenset()
        self._registry = registry
        self._recorder = recorder
        self._clock = clock
        self._has_contact = has_contact
        self._sources: dict[str, Source] = {}
        self._without_contact: set[str] = set()
        self._unreadable: frozenset[str] = frozenset()

    async def read(self) -> dict[str, Visit]:
        """The visits to the doors of all sources, by their URL; the first source that names a door has it."""
        records = await self._registry.read()
        self._name_unreadable(records.unreadable)
        sources = [source for source in records.sources if await self._may_visit(source)]
        self._sources = {source.id: source for source in sources}
        doors = {url: door_visit(kind, url, source.id) for source in reversed(sources) for kind, url in source.doors}
        self.door_urls = frozenset(doors)
        return doors

    async def of(self, visit: Visit) -> Source | None:
        """The visit's source, unless it, or the visit from it, was taken away; InvalidInput as the registry."""
        source = self._sources.get(visit.source_id)
        if source is None or not _has(source, visit):
            # Another crawler may have learnt of it before this one.
            source = await self._registry.get(visit.source_id)
        return source if source and _has(source, visit) else None

    def _name_unreadable(self, reasons: Mapping[str, str]) -> None:
        for source_id, reason in reasons.items():
            if source_id not in self._unreadable:
                _log.error("source left out", source=source_id, reason=reason)
        self._unreadable = frozenset(reasons)

    async def _may_visit(self, source: Source) -> bool:
        if self._has_contact or all(is_loopback(url) for _, url in source.doors):
            return True
        if source.id not in self._without_contact:
            self._without_contact.add(source.id)
            _log.warning("source left out", source=source.id, reason=_LEFT_OUT)
            now_ms = self._clock.now_ms()
            await self._recorder.record(source.id, left_out(now_ms, _LEFT_OUT))
        return False


def _has(source: Source, visit: Visit) -> bool:
    """Whether the source still leads to the visit: by a door of its own, or as an article that its globs let in."""
    if visit.is_door:
        return any(visit.door == url for _, url in source.doors)
    return wanted(visit.linked_url, source)
