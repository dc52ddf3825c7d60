"""Says what an audit found: a table of sources, and in words what each difference means and what to do."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from services.cli.audit.accounts import Account, Scope, total
from services.cli.audit.findings import Finding, Kind
from services.cli.output import printable, write_json_line, write_table

MAX_IDS = 100
_DAYS = 7


@dataclass(frozen=True)
class Meaning:
    """What a kind of finding is called, what it means, and what a person can do."""

    title: str
    means: str
    do: str


_LOST = (
    "bring the broker's data back from a backup; without one, `newsweir audit --store` says which of their articles "
    "are not in the store, and `newsweir audit --end-lost` counts the fetches as dropped"
)
MEANINGS: Mapping[Kind, Meaning] = {
    "difference": Meaning(
        "sources and days whose sums do not come out",
        "more was counted as fetched (+) or as ended (-) than the other; one script writes both, so the broker's data "
        "was changed or lost in part",
        "the articles are not touched by this: `newsweir audit --store` says whether any is missing",
    ),
    "lost": Meaning(
        "fetches in flight without an event",
        "their event is in no stream, no retry set and no dead letter, so that nothing will end them: a stream was "
        "deleted or cut, or the broker lost what it had acknowledged",
        _LOST,
    ),
    "dead-without-letter": Meaning(
        "dead fetches without a letter",
        "the ledger counts them as dead-lettered, and their letter is gone: it was deleted by hand",
        _LOST,
    ),
    "letter-without-fetch": Meaning(
        "dead letters that the ledger does not count",
        "their fetch is not held as dead: the ledger was changed or lost",
        "`newsweir dead-letters replay NAME` handles them all the same, uncounted; `discard` drops them",
    ),
    "event-without-fetch": Meaning(
        "events under way that the ledger does not count",
        "their fetch is neither in flight nor dead: the ledger was changed or lost",
        "nothing: they are handled like all others, uncounted",
    ),
    "not-in-store": Meaning(
        "articles that are not in the store",
        "the registry knows them, and no event of theirs is under way or dead: the store lost them, or the bus did",
        "bring the store back from a backup; without one they come again when their pages change",
    ),
    "outdated-in-store": Meaning(
        "articles of which the store has an older revision",
        "a newer one was handed over, and no event of it is under way or dead: the store lost it, or the bus did",
        "bring the store back from a backup; without one they come again when their pages change",
    ),
    "not-in-registry": Meaning(
        "articles in the store that the registry does not know",
        "the broker lost what it knew: their pages would be fetched and counted as new",
        "`newsweir state rebuild` refills the registry from the store",
    ),
}


@dataclass(frozen=True)
class Audit:
    """What was audited and what was found; `accounts` by source and day, all that the scope covers."""

    scope: Scope
    accounts: Mapping[tuple[str, str], Account]
    findings: Sequence[Finding]
    today: str
    store_compared: bool

    @property
    def adds_up(self) -> bool:
        return not self.findings

    @property
    def since(self) -> str:
        """The first day that the table shows: the one asked for, or a week back."""
        return self.scope.day or (date.fromisoformat(self.today) - timedelta(days=_DAYS - 1)).isoformat()

    def rows(self, *, by_day: bool) -> list[tuple[tuple[str, ...], Account]]:
        """(source,) or (source, day) and its account, over the days that the table shows."""
        grouped: dict[tuple[str, ...], list[Account]] = defaultdict(list)
        for (source_id, day), account in self.accounts.items():
            if day >= self.since:
                grouped[(source_id, day) if by_day else (source_id,)].append(account)
        return [(key, total(accounts)) for key, accounts in sorted(grouped.items())]


def write(audit: Audit, *, by_day: bool, as_json: bool) -> None:
    """To standard output: one JSON line, or a table and words."""
    if as_json:
        write_json_line(_as_json(audit, by_day=by_day))
        return
    rows = audit.rows(by_day=by_day)
    if rows:
        _write_tables(rows, by_day=by_day)
    for kind, found in _by_kind(audit.findings):
        print("\n" + printable("\n".join(_paragraph(kind, found))))
    print("\n" + _verdict(audit))


def _write_tables(rows: Sequence[tuple[tuple[str, ...], Account]], *, by_day: bool) -> None:
    """How fetches ended, then why pages were dropped."""
    keys = ("source", "day") if by_day else ("source",)
    lines = [*rows, (("all", "")[: len(keys)], total(account for _, account in rows))]
    numbers = {
        "fetched": [account.fetched for _, account in lines],
        "indexed": [account.indexed for _, account in lines],
        "dropped": [sum(account.dropped.values()) for _, account in lines],
        "dead": [account.dead_lettered for _, account in lines],
        "in flight": [account.in_flight for _, account in lines],
    }
    if any(account.difference for _, account in rows):
        numbers["difference"] = [account.difference for _, account in lines]
    cells = [(*key, *values) for (key, _), *values in zip(lines, *numbers.values(), strict=True)]
    write_table((*keys, *numbers), cells, whole=(*keys[1:], *numbers))
    if reasons := [(*key, _by_reason(account)) for key, account in lines if any(account.dropped.values())]:
        print()
        write_table((*keys, "dropped as"), reasons, wide="dropped as", whole=keys[1:])


def _by_reason(account: Account) -> str:
    reasons = sorted(account.dropped.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{reason} {count}" for reason, count in reasons if count)


def _paragraph(kind: Kind, found: Sequence[Finding]) -> list[str]:
    meaning = MEANINGS[kind]
    lines = [f"{meaning.title}: {len(found)}", f"  means: {meaning.means}", f"  do: {meaning.do}"]
    lines += [f"  {finding.id}{f'  ({finding.detail})' if finding.detail else ''}" for finding in found[:MAX_IDS]]
    if len(found) > MAX_IDS:
        lines.append(f"  and {len(found) - MAX_IDS} more")
    return lines


def _verdict(audit: Audit) -> str:
    everything = total(audit.accounts.values())
    if not audit.adds_up:
        return f"this does not add up: {len(audit.findings)} finding{'' if len(audit.findings) == 1 else 's'}"
    checked = "every event under way was found" + (", the store has every article" if audit.store_compared else "")
    return (
        f"everything adds up: {everything.fetched} fetched = {everything.indexed} indexed + "
        f"{sum(everything.dropped.values())} dropped + {everything.dead_lettered} dead-lettered + "
        f"{everything.in_flight} in flight; {checked}"
    )


def _as_json(audit: Audit, *, by_day: bool) -> dict[str, Any]:
    return {
        "adds_up": audit.adds_up,
        "source": audit.scope.source_id,
        "day": audit.scope.day,
        "since": audit.since,
        "store_compared": audit.store_compared,
        "total": _account_as_json(total(audit.accounts.values())),
        "sources": [
            {**dict(zip(("source", "day"), key, strict=False)), **_account_as_json(account)}
            for key, account in audit.rows(by_day=by_day)
        ],
        "findings": [
            {
                "kind": kind,
                "count": len(found),
                "ids": [finding.id for finding in found[:MAX_IDS]],
                "details": {finding.id: finding.detail for finding in found[:MAX_IDS] if finding.detail},
                "means": MEANINGS[kind].means,
                "do": MEANINGS[kind].do,
            }
            for kind, found in _by_kind(audit.findings)
        ],
    }


def _account_as_json(account: Account) -> dict[str, Any]:
    return {
        "fetched": account.fetched,
        "indexed": account.indexed,
        "dropped": dict(account.dropped),
        "dead_lettered": account.dead_lettered,
        "in_flight": account.in_flight,
        "difference": account.difference,
    }


def _by_kind(findings: Iterable[Finding]) -> list[tuple[Kind, list[Finding]]]:
    grouped: dict[Kind, list[Finding]] = defaultdict(list)
    for finding in findings:
        grouped[finding.kind].append(finding)
    return [(kind, sorted(grouped[kind])) for kind in MEANINGS if kind in grouped]
