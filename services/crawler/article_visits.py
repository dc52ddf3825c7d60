"""The visit of an article's page: extract, decide, give it its identity, and hand it over."""

import asyncio
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace

import structlog
from pydantic import ValidationError
from structlog.contextvars import bind_contextvars

from services.crawler import health, schedule
from services.crawler.archive import Archive, Exchange
from services.crawler.composition import FetchedArticle, article_crawled
from services.crawler.extraction.extract import extract
from services.crawler.extraction.quality import drop_reason
from services.crawler.extraction.result import Extraction
from services.crawler.fetch import Failed, Moved, NotModified, Page, Refused
from services.crawler.frontier import Frontier, Queued, Release
from services.crawler.hand_over import HandOver, Result
from services.crawler.health import HealthRecorder
from services.crawler.known_articles import known_as
from services.crawler.made_visit import MadeVisit
from services.crawler.settings import CrawlerSettings
from services.crawler.visits import MAX_MOVES, Seen, Visit
from shared import metrics, tracing
from shared.clock import Clock, from_ms
from shared.errors import InvalidInput, LimitExceeded, TemporaryFailure
from shared.events.articles import ArticleCrawled, ArticleWithdrawn
from shared.isolation.pool import IsolatedPool
from shared.redis_client import RedisConnection
from shared.registry import RegistryEntry, advance, read_entry
from shared.urls import article_id, is_root

_log = structlog.get_logger()
_MAX_CONFLICTS = 5
# Until a disk that did not take a page is tried again with it.
_WITHOUT_ARCHIVE_MS = 600_000


class ArticleVisits:
    """Ends the visits of articles: each fetch in one event or one counted drop, or the visit waits for another try."""

    def __init__(
        self,
        connection: RedisConnection,
        frontier: Frontier,
        pool: IsolatedPool,
        recorder: HealthRecorder,
        settings: CrawlerSettings,
        clock: Clock,
        rng: random.Random,
        archive: Archive | None = None,
    ) -> None:
        self._connection = connection
        self._frontier = frontier
        self._hand_over = HandOver(connection, frontier)
        self._pool = pool
        self._recorder = recorder
        self._settings = settings
        self._clock = clock
        self._rng = rng
        self._archive = archive

    async def end(self, made: MadeVisit) -> str:
        """Hand over, drop or put back, according to the answer; a word for what came of it."""
        visit = made.lease.visit
        match made.answer:
            case Moved(url, permanent) if visit.moves < MAX_MOVES:
                moved = Queued(visit.moved(url, permanent=permanent), self._clock.now_ms())
                await self._frontier.release(Release(made.lease, made.free_ms, (moved,)))
                return "moved"
            case Moved(url):
                return await self._drop(made, "too-many-redirects", f"last to {url}")
            case Refused(gone=True) if made.seen and made.seen.article_id:
                return await self._gone(made, made.answer.detail, made.seen.article_id)
            case Refused(reason, detail):
                return await self._drop(made, reason, detail)
            case Failed():
                return await self._try_again(made, made.answer)
            case NotModified():
                return await self._drop(made, "not-modified", again=True)
            case Page():
                return await self._page(made, made.answer)

    async def _page(self, made: MadeVisit, page: Page) -> str:
        if is_root(page.url) or page.url in made.doors:
            # Where sites send readers of what they have taken away.
            return await self._drop(made, "front-page", f"redirects to {page.url}", page=page)
        if page.noindex:
            return await self._drop(made, "noindex", page=page, again=True)
        if not await self._archived(made, page):
            return await self._wait_for_archive(made)
        try:
            extraction = await self._extract(page)
        except LimitExceeded as error:
            return await self._drop(made, "extraction-limit", str(error), page=page)
        except InvalidInput as error:
            return await self._drop(made, "unreadable", str(error), page=page)
        except TemporaryFailure as error:
            return await self._try_again(made, Failed(str(error), reason="extraction-failed"))
        if reason := drop_reason(extraction):
            return await self._drop(made, reason, page=page, again=True)
        fetched = FetchedArticle(
            made.fetch.id, page.url, from_ms(page.fetched_ms), extraction, made.lease.visit, made.source, page.rights
        )
        try:
            return await self._publish(made, page, fetched)
        except ValidationError as error:
            return await self._drop(made, "unreadable", str(error), page=page)
        except LimitExceeded as error:
            return await self._drop(made, "too-large", str(error), page=page)

    async def _archived(self, made: MadeVisit, page: Page) -> bool:
        """Put the page into the archive, if there is one; False where the disk does not take it."""
        if self._archive is None:
            return True
        try:
            await asyncio.to_thread(self._archive.append, _exchange_of(made, page))
        except OSError as error:
            _log.error("cannot archive", url=page.url, error=str(error))
            return False
        return True

    async def _wait_for_archive(self, made: MadeVisit) -> str:
        """Put the visit back without counting it as a failure of the page: whoever wants an archive wants it whole."""
        again = Queued(made.lease.visit, self._clock.now_ms() + _WITHOUT_ARCHIVE_MS)
        await self._frontier.release(Release(made.lease, made.free_ms, (again,)))
        return "not-archived"

    async def _extract(self, page: Page) -> Extraction:
        with metrics.EXTRACTION_SECONDS.time(), tracing.span("extract"):
            return await self._pool.run(
                extract,
                page.body,
                page.url,
                content_type=page.content_type,
                fetched_at=from_ms(page.fetched_ms),
            )

    async def _publish(self, made: MadeVisit, page: Page, fetched: FetchedArticle) -> str:
        held = made.seen.article_id if made.seen else ""
        for attempt in range(_MAX_CONFLICTS):
            # The script that publishes knows better, and then it is looked up.
            is_new = attempt == 0 and made.seen is None
            url, known = await known_as(self._connection, fetched, held, made.doors, is_new=is_new)
            bind_contextvars(article_id=article_id(url))
            if known and known.content_hash == fetched.content_hash:
                return await self._drop(made, "unchanged", page=page, again=True, identity=article_id(url))
            entry = advance(known, self._clock.now_ms(), fetched.content_hash)
            event = article_crawled(fetched, url, entry)
            release = self._release(made, page, again=True, identity=event.article_id)
            result = await self._hand_over.publish(made.fetch, event, release, expected=known, entry=entry)
            if result is Result.DONE:
                self._recorder.note(made.source.id, *_told_by(event, known, self._clock.now_ms()))
            if result is not Result.CONFLICT:
                return "published" if result is Result.DONE else "stale"
        raise _too_many_conflicts(page.url)

    async def _gone(self, made: MadeVisit, detail: str, article_id: str) -> str:
        """Believe the site the second time that it says that the page of an article is no more."""
        if not made.lease.visit.was_gone:
            again = Queued(made.lease.visit.again(was_gone=True), schedule.gone_again_ms(self._clock.now_ms()))
            return await self._drop(made, "gone", detail, next_visit=again)
        for _ in range(_MAX_CONFLICTS):
            known = await read_entry(self._connection, article_id)
            if known is None or not known.content_hash:
                return await self._drop(made, "gone", detail)
            now_ms = self._clock.now_ms()
            # Without a hash, so that the same text counts as new when it comes back.
            entry = advance(known, now_ms, "")
            event = ArticleWithdrawn(
                article_id=article_id, revision=entry.revision, reason="gone", withdrawn_at=from_ms(now_ms)
            )
            release = self._release(made, None, again=False, identity=article_id)
            result = await self._hand_over.withdraw(made.fetch, event, release, expected=known, entry=entry)
            if result is not Result.CONFLICT:
                return "withdrawn" if result is Result.DONE else "stale"
        raise _too_many_conflicts(made.lease.visit.url)

    async def _try_again(self, made: MadeVisit, failure: Failed) -> str:
        visit = made.lease.visit.failed()
        if visit.attempts >= self._settings.fetch_attempts:
            return await self._drop(made, failure.reason, failure.detail)
        now_ms, first_wait_s = self._clock.now_ms(), self._settings.fetch_retry_s
        due_ms = schedule.retry_ms(now_ms, visit.attempts, first_wait_s, failure.retry_after_s, self._rng)
        await self._frontier.release(Release(made.lease, made.free_ms, (Queued(visit, due_ms),)))
        _log.info("trying again later", url=visit.url, attempts=visit.attempts, error=failure.detail)
        return "failed"

    async def _drop(
        self,
        made: MadeVisit,
        reason: str,
        detail: str = "",
        *,
        page: Page | None = None,
        again: bool = False,
        identity: str = "",
        next_visit: Queued | None = None,
    ) -> str:
        release = self._release(made, page, again=again, identity=identity)
        if next_visit is not None:
            release = replace(release, put=(next_visit,))
        result = await self._hand_over.drop(made.fetch, reason, release, identity)
        _log.info("dropped", url=made.lease.visit.url, reason=reason, detail=detail, result=str(result))
        return reason if result is Result.DONE else "stale"

    def _release(self, made: MadeVisit, page: Page | None, *, again: bool, identity: str) -> Release:
        """The release that remembers the fetch, with the next visit where the page is to be asked `again`."""
        visit, before, now_ms = made.lease.visit, made.seen, self._clock.now_ms()
        validators = page or before
        seen = Seen(
            fetched_ms=now_ms,
            first_ms=before.first_ms if before else now_ms,
            article_id=identity or (before.article_id if before else ""),
            etag=validators.etag if validators else "",
            last_modified=validators.last_modified if validators else "",
        )
        url = _permanent_url(visit, page)
        due_ms = schedule.revisit_ms(seen.first_ms, now_ms, self._settings.article_revisits_s) if again else None
        put = () if due_ms is None else (Queued(visit.again().at(url), due_ms),)
        remembered: Mapping[str, Seen] = dict.fromkeys((visit.linked_url, visit.url, url), seen)
        return Release(made.lease, made.free_ms, put, remembered)


def _exchange_of(made: MadeVisit, page: Page) -> Exchange:
    """What is archived of a page that a visit brought."""
    visit = made.lease.visit
    return Exchange(
        url=page.url,
        requested_url=visit.linked_url,
        status=200,
        headers=page.headers,
        body=page.body,
        fetched_at=from_ms(page.fetched_ms),
        source_id=visit.source_id,
        found_by=visit.found_by,
        rights=" ".join(page.rights),
        # In ASCII, as headers are.
        visit=json.dumps(visit.model_dump(mode="json", exclude_defaults=True)),
        fetch_id=made.fetch.id,
    )


def _told_by(event: ArticleCrawled, known: RegistryEntry | None, now_ms: int) -> Iterator[health.Change]:
    """What the article tells of its source."""
    if known is None:
        yield health.yielded(now_ms)
    if event.rights:
        yield health.reserves(event.rights, now_ms)


def _too_many_conflicts(url: str) -> TemporaryFailure:
    return TemporaryFailure(f"the registry's entry of {url} changed {_MAX_CONFLICTS} times meanwhile")


def _permanent_url(visit: Visit, page: Page | None) -> str:
    """The URL that stands for the visit's from now on."""
    if page is None or not visit.moved_for_good:
        return visit.url
    return page.permanent_url or visit.address
