"""The visit of a door: read a feed, sitemap or listing, offer what it leads to, and look again later."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import structlog

from services.crawler import health, schedule
from services.crawler.caps import Cap, Caps, admit
from services.crawler.discovery import feed, listing, sitemap
from services.crawler.discovery.link import Discovered, Link, UpdateHints
from services.crawler.fetch import Failed, Moved, NotModified, Page, Refused
from services.crawler.frontier import Frontier, Queued, Release, offered
from services.crawler.health import HealthRecorder
from services.crawler.made_visit import MadeVisit
from services.crawler.selection import fingerprint, wanted
from services.crawler.settings import CrawlerSettings
from services.crawler.visits import MAX_MOVES, Seen, article_visit, ms_of, nested_visit
from shared import metrics
from shared.clock import Clock
from shared.errors import InvalidInput, LimitExceeded, TemporaryFailure
from shared.isolation.pool import IsolatedPool
from shared.urls import host_of, is_root

_log = structlog.get_logger()
_READERS: Mapping[str, Callable[..., Discovered]] = {
    "feed": feed.links,
    "sitemap": sitemap.links,
    "listing": listing.links,
}
# Sitemaps that name sitemaps that name sitemaps: more serves no reader.
_DEEPEST = 2
_MAX_NESTED = 200


class DoorVisits:
    """Ends the visits of doors; a door is never given up, since feeds come back."""

    def __init__(
        self,
        frontier: Frontier,
        pool: IsolatedPool,
        recorder: HealthRecorder,
        settings: CrawlerSettings,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        self._frontier = frontier
        self._pool = pool
        self._recorder = recorder
        self._settings = settings
        self._clock = clock
        self._rng = rng
        per_host, per_source = settings.max_visits_per_host, settings.max_visits_per_source
        self._caps = Caps(settings.new_articles_per_look, per_host, per_source)
        # Sitemaps stay for good: half of the room is for articles.
        self._caps_of_nested = Caps(_MAX_NESTED, per_host // 2, per_source // 2)

    async def end(self, made: MadeVisit) -> str:
        """Release the visit according to its answer; a word for what came of it."""
        visit = made.lease.visit
        match made.answer:
            case Moved(url, permanent) if visit.moves < MAX_MOVES:
                moved = Queued(visit.moved(url, permanent=permanent), self._clock.now_ms())
                await self._frontier.release(Release(made.lease, made.free_ms, (moved,)))
                return "moved"
            case Moved(url):
                return await self._failed(made, f"{visit.url} redirects from host to host, last to {url}")
            case Refused(gone=True) if visit.depth:
                await self._frontier.release(Release(made.lease, made.free_ms))
                return "gone"
            case Refused(detail=detail):
                return await self._failed(made, detail)
            case Failed(detail, retry_after_s):
                return await self._failed(made, detail, retry_after_s)
            case NotModified() if visit.selection != fingerprint(made.source):
                await self._look_again(made)
                return "not-modified"
            case NotModified():
                # It says so again only where it is read again.
                hints = UpdateHints(visit.ttl_s, frozenset(visit.skip_hours), frozenset(visit.skip_days))
                await self._looked(made, made.seen, (), news=0, hints=hints)
                return "not-modified"
            case Page():
                return await self._read(made, made.answer)

    async def _read(self, made: MadeVisit, page: Page) -> str:
        reader = _READERS[made.lease.visit.kind]
        try:
            found = await self._pool.run(reader, page.body, page.url, content_type=page.content_type)
        except (InvalidInput, LimitExceeded, TemporaryFailure) as error:
            return await self._failed(made, str(error))
        news = await self._news(made, found.links)
        taken, all_taken = await self._taken(made, news)
        now_ms = self._clock.now_ms()
        puts = [
            # A millisecond apart: among pages of the same age the order of the door holds.
            offered(article_visit(link, made.lease.visit), schedule.first_visit_ms(now_ms, link.published_at) - rank)
            for rank, link in enumerate(reversed(taken))
        ]
        nested, all_nested = await self._nested(made, found.children, now_ms)
        puts += nested
        # With validators the next answer would be "not modified", and what was left out would be lost.
        whole = all_taken and all_nested and not found.truncated
        seen = Seen(
            fetched_ms=now_ms,
            first_ms=made.seen.first_ms if made.seen else now_ms,
            etag=page.etag if whole else "",
            last_modified=page.last_modified if whole else "",
        )
        await self._looked(made, seen, tuple(puts), news=len(taken), hints=found.hints)
        return "read"

    async def _news(self, made: MadeVisit, links: tuple[Link, ...]) -> list[Link]:
        """The links whose pages are wanted, and were never fetched or have changed since; the freshest first."""
        candidates = [
            link
            for link in links
            if not is_root(link.url) and link.url not in made.doors and wanted(link.url, made.source)
        ]
        fetched = await self._frontier.fetched_at([link.url for link in candidates])
        news = [
            link
            for link, fetched_ms in zip(candidates, fetched, strict=True)
            if fetched_ms is None or 0 < fetched_ms < ms_of(link.updated_at)
        ]
        return sorted(news, key=lambda link: ms_of(link.published_at), reverse=True)

    async def _taken(self, made: MadeVisit, news: Sequence[Link]) -> tuple[list[Link], bool]:
        """The links that find room in the frontier, and whether all do."""
        crowd = await self._frontier.crowd(made.source.id, {host_of(link.url) for link in news})
        admitted = admit([link.url for link in news], crowd.of_source, crowd.by_host, self._caps)
        self._count_left_out(made, admitted.left_out)
        urls = frozenset(admitted.urls)
        return [link for link in news if link.url in urls], not admitted.left_out

    async def _nested(self, made: MadeVisit, children: tuple[str, ...], now_ms: int) -> tuple[list[Queued], bool]:
        """The visits of sitemaps that are named and not known, and whether these are all of them."""
        visit = made.lease.visit
        if visit.depth >= _DEEPEST:
            return [], True
        waiting = await self._frontier.waiting(children)
        new = [url for url in children if url not in waiting]
        crowd = await self._frontier.crowd(made.source.id, {host_of(url) for url in new})
        admitted = admit(new, crowd.of_source, crowd.by_host, self._caps_of_nested)
        self._count_left_out(made, admitted.left_out)
        return [Queued(nested_visit(url, visit), now_ms) for url in admitted.urls], not admitted.left_out

    def _count_left_out(self, made: MadeVisit, left_out: Mapping[Cap, int]) -> None:
        for cap, count in left_out.items():
            metrics.LINKS_LEFT_OUT.labels(cap).inc(count)
        if left_out:
            _log.warning("links left out", url=made.lease.visit.url, source=made.source.id, by_cap=dict(left_out))

    async def _looked(
        self, made: MadeVisit, seen: Seen | None, puts: tuple[Queued, ...], *, news: int, hints: UpdateHints
    ) -> None:
        """Release the visit together with all it found, in one script, and look again later."""
        visit, settings, now_ms = made.lease.visit, self._settings, self._clock.now_ms()
        shortest_s, longest_s = settings.feed_interval_min_s, settings.feed_interval_max_s
        interval_s = schedule.next_interval_s(visit.interval_s, news, shortest_s=shortest_s, longest_s=longest_s)
        fresh_for_s = made.answer.fresh_for_s if isinstance(made.answer, Page | NotModified) else 0
        due_ms = schedule.next_look_ms(
            now_ms, interval_s, hints, longest_s=longest_s, rng=self._rng, fresh_for_s=fresh_for_s
        )
        next_look = visit.again(
            interval_s=interval_s,
            selection=fingerprint(made.source),
            ttl_s=hints.ttl_s or 0,
            skip_hours=tuple(sorted(hints.skip_hours)),
            skip_days=tuple(sorted(hints.skip_days)),
        )
        again = Queued(next_look, due_ms)
        release = Release(made.lease, made.free_ms, (again, *puts), {visit.url: seen} if seen else {})
        if await self._frontier.release(release):
            looked = health.looked(now_ms, due_ms, visit.url, made.source)
            await self._recorder.record(visit.source_id, looked, *_told_by(made, now_ms))

    async def _look_again(self, made: MadeVisit) -> None:
        """Look at once, without validators: the globs have changed, and the same bytes may hold what is wanted now."""
        visit, now_ms = made.lease.visit, self._clock.now_ms()
        again = Queued(visit.again(selection=fingerprint(made.source)), now_ms)
        seen = {visit.url: replace(made.seen, etag="", last_modified="")} if made.seen else {}
        await self._frontier.release(Release(made.lease, made.free_ms, (again,), seen))

    async def _failed(self, made: MadeVisit, detail: str, retry_after_s: float | None = None) -> str:
        visit, now_ms = made.lease.visit.failed(), self._clock.now_ms()
        due_ms = schedule.retry_ms(now_ms, visit.attempts, self._settings.fetch_retry_s, retry_after_s, self._rng)
        if await self._frontier.release(Release(made.lease, made.free_ms, (Queued(visit, due_ms),))):
            _log.warning("cannot read", kind=visit.kind, url=visit.url, source=visit.source_id, error=detail)
            failed = health.failed(now_ms, due_ms, detail, visit.url, made.source)
            await self._recorder.record(visit.source_id, failed, *_told_by(made, now_ms))
        return "failed"


def _told_by(made: MadeVisit, now_ms: int) -> Iterator[health.Change]:
    """What the visit tells of the source beside its success."""
    if isinstance(made.answer, Page):
        yield health.reserves(made.answer.rights, now_ms)
    visit = made.lease.visit
    # Of a nested sitemap nobody asks, and on another host it is that host's robots.txt.
    if visit.url == visit.door == visit.address:
        yield health.asked_robots(visit.url, made.known)
