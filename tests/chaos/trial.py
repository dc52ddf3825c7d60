"""One run over one store: articles and faults, then the sums, the healing, and the loss of all that the broker knew."""

import asyncio
import random
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from shared.clock import Clock
from shared.redis_client import BROKER_ERRORS, RedisConnection, open_connection
from shared.settings import BusSettings, environment_for
from tests.chaos import checks, observed
from tests.chaos.broker import Broker
from tests.chaos.checks import Check, Held
from tests.chaos.doors import Doors, Stuck, patiently
from tests.chaos.feed import Feed, compose
from tests.chaos.fleet import NEWSWEIR, Fleet
from tests.chaos.plan import Form, Service, Store, schedule
from tests.chaos.poison import REFUSAL
from tests.chaos.site import FEED, HOSTS, Site
from tests.chaos.stores import StoreOnTrial, articles_in, on_trial
from tests.chaos.storm import Storm
from tests.e2e.running import free_ports

_LOOK_EVERY_S = 0.25
_SAY_EVERY_S = 5.0
# Longer than it takes a crawler to notice a source and ask its feed, robots.txt first.
_QUIET_S = 20.0
_REPEATED_IMPORTS = 100
# Crawlers look for new sources once a second.
_REFRESH_S = 1.0
_UNTIL_NOTICED_S = 3.0


@dataclass
class Trial:
    """The parts of a run, and what came of it.

    Attributes:
        done: how often each fault was done.
        last_words: of processes that ended by themselves, as long as the broker kept its memory.
    """

    form: Form
    feed: Feed
    site: Site
    store: StoreOnTrial
    broker: Broker
    fleet: Fleet
    doors: Doors
    connection: RedisConnection
    clock: Clock
    folder: Path
    say: Callable[[str], None]
    checks: list[Check] = field(default_factory=list)
    done: Mapping[str, int] = field(default_factory=dict)
    last_words: Mapping[str, list[str]] = field(default_factory=dict)

    async def run(self, rng: random.Random) -> None:
        """All of it; `checks` says what came of it."""
        async with self.site.served(), self.fleet.kept_up():
            await self._storm(rng)
            await self._healing()
            await self._amnesia(rng)

    async def _storm(self, rng: random.Random) -> None:
        plan = schedule(self.form, self.store.name, rng)
        self.say(f"{len(self.feed.items)} items and {self.site.count} pages are to come")
        await self._import_sources()
        self.fleet.let("crawler", "enrichment", "indexing")
        storm = Storm(self.fleet, self.broker, self.store, self.clock, self.say)
        saying = asyncio.create_task(self._say_progress())
        try:
            first, *others = self.feed.bursts
            await self.doors.bring(first)
            await self._until_indexed()
            self.say(f"the storm begins, for {plan.lasts_s:.0f} s")
            await storm.blow(plan, self.doors, others)
            self.say("the storm is over")
            await self._settle(self.feed.fetches + self.site.count)
        finally:
            saying.cancel()
        self.done = storm.done
        await self._check_sums("after the storm", healed=False)

    async def _healing(self) -> None:
        (self.folder / "healed").touch()
        for error in (REFUSAL, "workers ended while they held it"):
            await self._command("dead-letters", "replay", "--error", error, "--yes")
        await self._settle(self.feed.fetches + self.site.count)
        await self._check_sums("after the healing", healed=True)

    async def _amnesia(self, rng: random.Random) -> None:
        """FLUSHALL, nothing until the rebuild, and on with new pages and old lines."""
        # What workers say from now on is that their groups are gone.
        self.last_words = dict(self.fleet.last_words)
        await self.connection.client.flushall()
        asked_before = len(self.site.requests)
        again = rng.sample(self.feed.newest_lines, _REPEATED_IMPORTS)
        await self._import_sources()
        await self.clock.sleep(_UNTIL_NOTICED_S)
        refused = await self.doors.refused(again)
        self._add(
            Check("import before the rebuild", "refused" if refused else "taken", () if refused else ("not refused",)),
            checks.not_asked_again(self.site.requests[asked_before:], FEED, (), "before the rebuild"),
        )
        await self._command("state", "rebuild")
        new = {self.site.add(number) for number in range(self.site.count, self.site.count + HOSTS)}
        await self._import_sources()
        await self.doors.bring(again)
        await self._settle(HOSTS)
        await self._until_crawlers_rest()
        await self._check_store("after the loss of the broker's memory", healed=True)
        self._add(checks.not_asked_again(self.site.requests[asked_before:], FEED, new, "after it"))
        await self._command("audit", "--store")

    async def _check_sums(self, when: str, *, healed: bool) -> None:
        self.say(f"checking {when}")
        await self._check_store(when, healed=healed)
        ledger = (await observed.progress(self.connection, self.clock)).ledger
        letters = [letter.article_id for letter in await observed.letters(self.connection)]
        poisoned = self.feed.unreadable if healed else set(self.feed.poisons)
        fetches = self.feed.fetches + self.site.count
        ended = ledger.by_disposition.get("indexed", 0)
        self._add(
            checks.balanced(ledger.fetched, fetches, ledger.by_disposition, ledger.in_flight),
            checks.exactly_the_poisoned(poisoned, letters),
            checks.one_effect_each(await observed.indexed(self.connection), self.feed.copies, ended),
        )
        await self._command("audit", "--store")

    async def _check_store(self, when: str, *, healed: bool) -> None:
        found, total = await articles_in(self.store)
        held = [Held(item.article_id, item.article.title, item.article.revision) for item in found]
        withheld = set() if healed else self.feed.withheld
        titles = {article: title for article, title in self.feed.titles.items() if article not in withheld}
        titles |= self.site.titles
        self._add(
            Check(when, f"{len(held)} articles in the store"),
            checks.nothing_lost(titles, held),
            checks.nothing_doubled(held, total),
            checks.nothing_else(titles, held),
            checks.newest_revisions(titles, await observed.revisions(self.connection), held),
        )

    async def _import_sources(self) -> None:
        file = self.folder / "sources.yaml"
        file.write_text(self.site.sources(), encoding="utf-8")
        await self._command("sources", "add", "--file", str(file))

    async def _command(self, *arguments: str) -> None:
        status, output = await self.fleet.command(*arguments)
        if status:
            self._add(Check(f"newsweir {' '.join(arguments)}", f"ended with {status}", (output[-500:],)))

    async def _until_indexed(self) -> None:
        """Wait for the first article, so that faults meet somebody at work."""
        deadline_s = self.clock.monotonic_s() + self.form.settle_limit_s
        while not await observed.indexed(self.connection):
            if self.clock.monotonic_s() > deadline_s:
                raise Stuck(f"no article was indexed within {self.form.settle_limit_s:.0f} s, before any fault")
            await self.clock.sleep(_LOOK_EVERY_S)

    async def _settle(self, fetches: int) -> None:
        """Wait until so many fetches were made and nothing is left to do; slow is no breach, standing still is."""
        before, deadline_s = "", 0.0
        while True:
            now = await patiently(lambda: observed.progress(self.connection, self.clock), self.clock)
            if now.idle and now.ledger.fetched >= fetches:
                return
            if str(now) != before:
                before, deadline_s = str(now), self.clock.monotonic_s() + self.form.settle_limit_s
            elif self.clock.monotonic_s() > deadline_s:
                break
            await self.clock.sleep(_LOOK_EVERY_S)
        left = await observed.in_flight(self.connection)
        limit = f"{self.form.settle_limit_s:.0f} s"
        self._add(Check(f"settled with no {limit} of standing still", str(now), left or ("events are left",)))

    async def _until_crawlers_rest(self) -> None:
        deadline_s = self.clock.monotonic_s() + self.form.settle_limit_s
        while await observed.next_visit_in_s(self.connection, self.clock) < _QUIET_S:
            if self.clock.monotonic_s() > deadline_s:
                self._add(Check("crawlers come to rest", "no", ("visits are due again and again",)))
                return
            await self.clock.sleep(_LOOK_EVERY_S)

    async def _say_progress(self) -> None:
        while True:
            await self.clock.sleep(_SAY_EVERY_S)
            try:
                self.say(str(await observed.progress(self.connection, self.clock)))
            except BROKER_ERRORS:
                self.say("the broker is away")

    def _add(self, *found: Check) -> None:
        for check in found:
            self.checks.append(check)
            self.say(f"{'ok    ' if check.holds else 'BREACH'} {check}")


@asynccontextmanager
async def prepared(
    store_name: Store, form: Form, seed: int, elasticsearch_url: str | None, folder: Path, clock: Clock,
    say: Callable[[str], None],
) -> AsyncIterator[Trial]:  # fmt: skip
    """A run over an empty store and an empty broker; nothing is left running."""
    logs = folder / "logs"
    logs.mkdir()
    rng = random.Random(f"{seed} articles")
    site = Site(free_ports(1), form.crawled, rng)
    broker = Broker(folder, clock)
    connection = open_connection(BusSettings(redis_url=broker.url))
    async with on_trial(store_name, folder, elasticsearch_url, clock) as store:
        await broker.start()
        try:
            fleet = Fleet(_commands(form, folder), _environment(form, store, broker), logs, clock)
            doors = Doors(connection, fleet, clock)
            yield Trial(form, compose(form, rng), site, store, broker, fleet, doors, connection, clock, folder, say)
        finally:
            await connection.close()
            await broker.stop()


def _commands(form: Form, folder: Path) -> dict[Service, tuple[str, ...]]:
    def worker(stage: Service) -> tuple[str, ...]:
        trace, healed = folder / f"{stage}.trace", folder / "healed"
        return (sys.executable, "-m", "tests.chaos.worker", stage, str(form.visibility_s), str(trace), str(healed))

    return {
        "crawler": (*NEWSWEIR, "service", "crawler"),
        "enrichment": worker("enrichment"),
        "indexing": worker("indexing"),
    }


def _environment(form: Form, store: StoreOnTrial, broker: Broker) -> dict[str, str]:
    return environment_for(
        {
            **store.settings.model_dump(),
            "redis_url": broker.url,
            "key_prefix": None,
            "http_host": None,
            "http_port": 0,
            "contact": "chaos@newsweir.example",
            "allow_loopback": True,
            "host_delay_s": form.host_delay_s,
            "crawl_lease_s": form.lease_s,
            "fetch_retry_s": form.fetch_retry_s,
            "sources_refresh_s": _REFRESH_S,
        }
    )
