"""The command: reads the ledger, looks for every event, compares the store where asked to, and says what came of it."""

from datetime import date

from services.cli.audit import store_look
from services.cli.audit.accounts import Ledger, Scope
from services.cli.audit.broker_look import look_everywhere, read_ledger
from services.cli.audit.ending import end_lost, lost_of
from services.cli.audit.findings import WITHOUT_EVENT, Finding, differences, gaps
from services.cli.audit.report import Audit, write
from services.cli.output import say
from shared.article_store.opening import open_reader
from shared.clock import Clock
from shared.dispositions import LOST, day_of
from shared.errors import InvalidInput
from shared.redis_client import RedisConnection
from shared.settings import StoreSettings

# An event that moves may be missed once; to be missed each time it would have to move at the same moment again.
_LOOKS = 3
_BETWEEN_LOOKS_S = 1.0
_IDS_SHOWN = 20


def scope_of(source_id: str | None, day: str | None) -> Scope:
    """What the options ask for; raises InvalidInput for a day that is none."""
    try:
        return Scope(source_id or None, date.fromisoformat(day).isoformat() if day else None)
    except ValueError as error:
        raise InvalidInput(f"--day: {day!r} is no day: write it as 2026-03-02") from error


async def audit_command(
    connection: RedisConnection,
    store: StoreSettings | None,
    clock: Clock,
    scope: Scope,
    *,
    by_day: bool,
    as_json: bool,
) -> int:
    """Audit and write; the exit status: 0 when everything adds up, 1 otherwise.

    Args:
        store: is compared with the registry, unless None.

    Raises:
        InvalidInput: nothing was ever fetched of the source or on the day.
        DependencyUnavailable: the store is away.
    """
    audit = await audit_everything(connection, store, clock, scope)
    write(audit, by_day=by_day, as_json=as_json)
    return 0 if audit.adds_up else 1


async def end_lost_command(connection: RedisConnection, clock: Clock, scope: Scope, *, yes: bool) -> int:
    """End the fetches that an audit finds lost, or only say how many; the exit status, 1 where some are left.

    Raises:
        InvalidInput: as `audit_command`.
    """
    lost = lost_of((await audit_everything(connection, None, clock, scope)).findings)
    if not yes:
        told = ", ".join(lost[:_IDS_SHOWN]) + (", …" if len(lost) > _IDS_SHOWN else "")
        shown = f": {told}; with --yes they count as dropped:{LOST}" if lost else ""
        say(f"{_fetches(len(lost))} would be ended{shown}")
        return 1 if lost else 0
    ended = await end_lost(connection, lost)
    say(f"{_fetches(ended)} ended as dropped:{LOST}; what they fetched is news when it is fetched next")
    return 0


async def audit_everything(
    connection: RedisConnection, store: StoreSettings | None, clock: Clock, scope: Scope
) -> Audit:
    """What was fetched within the scope, and all that does not add up; raises as `audit_command`."""
    ledger = (await read_ledger(connection)).within(scope)
    accounts = ledger.accounts()
    if scope.narrows and not accounts:
        raise InvalidInput(
            f"nothing was fetched {_of(scope)}: `newsweir audit --by-day` shows the sources and days there are"
        )
    findings = [*differences(ledger), *sorted(await _gaps(connection, clock, scope, ledger))]
    if store is not None:
        reader = await open_reader(store, clock)
        try:
            lost = {finding.id for finding in findings if finding.kind in WITHOUT_EVENT}
            findings += sorted(await store_look.compare(connection, reader, clock, lost))
        finally:
            await reader.close()
    return Audit(scope, accounts, findings, day_of(clock.now_ms()), store_compared=store is not None)


async def _gaps(connection: RedisConnection, clock: Clock, scope: Scope, ledger: Ledger) -> set[Finding]:
    """What is missing in each of several looks."""
    suspects = gaps(ledger, await look_everywhere(connection), clock.now_ms(), scope)
    for _ in range(_LOOKS - 1):
        if not suspects:
            break
        await clock.sleep(_BETWEEN_LOOKS_S)
        ledger = (await read_ledger(connection)).within(scope)
        suspects &= gaps(ledger, await look_everywhere(connection), clock.now_ms(), scope)
    return suspects


def _fetches(count: int) -> str:
    return "1 lost fetch" if count == 1 else f"{count} lost fetches"


def _of(scope: Scope) -> str:
    source = f"of a source {scope.source_id!r}" if scope.source_id else ""
    day = f"on {scope.day}" if scope.day else ""
    return " ".join(filter(None, (source, day)))
