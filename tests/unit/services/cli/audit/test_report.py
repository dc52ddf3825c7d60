import json

from services.cli.audit.accounts import Account, Scope
from services.cli.audit.findings import Finding
from services.cli.audit.report import MAX_IDS, MEANINGS, Audit, write

TODAY = "2026-03-10"


def an_audit(**fields) -> Audit:
    values = {
        "scope": Scope(),
        "accounts": {
            ("a", "2026-03-03"): Account(fetched=100, indexed=100),
            ("a", "2026-03-04"): Account(fetched=4, indexed=2, dropped={"paywall": 1, "unchanged": 1}),
            ("a", TODAY): Account(fetched=2, indexed=1, in_flight=1),
            ("b", TODAY): Account(fetched=1, dead_lettered=1, dead=1),
        },
        "findings": [],
        "today": TODAY,
        "store_compared": False,
    }
    return Audit(**{**values, **fields})


def written(capsys, audit: Audit, *, by_day: bool = False) -> str:
    write(audit, by_day=by_day, as_json=False)
    return capsys.readouterr().out


def cells(line: str) -> list[str]:
    return line.split()


def test_the_table_adds_up_each_source_over_seven_days(capsys):
    lines = written(capsys, an_audit()).splitlines()

    assert [cells(line) for line in lines[2:5]] == [
        ["a", "6", "3", "2", "0", "1"],
        ["b", "1", "0", "0", "1", "0"],
        ["all", "7", "3", "2", "1", "1"],
    ]


def test_reasons_of_what_was_dropped_follow_the_most_frequent_first(capsys):
    dropped = {"gone": 1, "paywall": 7, "noindex": 0, "consent": 1}
    accounts = {("a", TODAY): Account(fetched=9, dropped=dropped), ("b", TODAY): Account(fetched=1, indexed=1)}

    lines = written(capsys, an_audit(accounts=accounts)).splitlines()

    assert cells(lines[6]) == ["source", "dropped", "as"]
    assert lines[8].split("   ")[0] == "a"
    assert lines[8].strip().endswith("paywall 7, consent 1, gone 1")
    assert lines[9].startswith("all")


def test_by_day_each_day_has_a_line(capsys):
    out = written(capsys, an_audit(), by_day=True)

    assert [cells(line)[:3] for line in out.splitlines() if line.startswith(("a ", "b "))] == [
        ["a", "2026-03-04", "4"],
        ["a", TODAY, "2"],
        ["b", TODAY, "1"],
        ["a", "2026-03-04", "paywall"],
    ]


def test_a_day_that_is_asked_for_is_shown_however_old(capsys):
    audit = an_audit(scope=Scope(day="2025-01-01"), accounts={("a", "2025-01-01"): Account(fetched=1, indexed=1)})

    assert cells(written(capsys, audit).splitlines()[2])[:3] == ["a", "1", "1"]


def test_a_sum_that_comes_out_is_said_over_all_days(capsys):
    out = written(capsys, an_audit())

    assert out.endswith(
        "everything adds up: 107 fetched = 103 indexed + 2 dropped + 1 dead-lettered + 1 in flight; "
        "every event under way was found\n"
    )
    assert "the store has every article" in written(capsys, an_audit(store_compared=True))


def test_a_difference_stands_in_the_line_of_its_source(capsys):
    out = written(capsys, an_audit(accounts={("a", TODAY): Account(fetched=3, indexed=1)}))

    assert cells(out.splitlines()[0])[-1] == "difference"
    assert cells(out.splitlines()[2]) == ["a", "3", "1", "0", "0", "0", "2"]


def test_findings_are_named_with_what_they_mean_and_what_to_do(capsys):
    findings = [Finding("lost", "fetch-1", "a, 2026-03-10"), Finding("not-in-registry", "article-1")]

    out = written(capsys, an_audit(findings=findings))

    assert f"{MEANINGS['lost'].title}: 1\n  means: " in out
    assert "  fetch-1  (a, 2026-03-10)\n" in out
    assert "  article-1\n" in out
    assert "`newsweir state rebuild`" in out
    assert out.endswith("this does not add up: 2 findings\n")


def test_ids_from_strangers_do_not_steer_the_terminal(capsys):
    out = written(capsys, an_audit(findings=[Finding("event-without-fetch", "\x1b[31mred", "\x9b")]))

    assert "\x1b" not in out
    assert "\x9b" not in out


def test_at_most_a_hundred_ids_are_written_and_the_rest_is_counted(capsysbinary):
    findings = [Finding("lost", f"fetch-{number:04}") for number in range(MAX_IDS + 5)]

    write(an_audit(findings=findings), by_day=False, as_json=False)
    out = capsysbinary.readouterr().out.decode()
    write(an_audit(findings=findings), by_day=False, as_json=True)
    [said] = json.loads(capsysbinary.readouterr().out)["findings"]

    assert out.count("fetch-0") == MAX_IDS
    assert "  and 5 more\n" in out
    assert (said["count"], len(said["ids"])) == (MAX_IDS + 5, MAX_IDS)


def test_everything_is_one_json_line(capsysbinary):
    findings = [Finding("lost", "fetch-1", "a, 2026-03-10")]

    write(an_audit(findings=findings), by_day=True, as_json=True)

    [line] = capsysbinary.readouterr().out.splitlines()
    said = json.loads(line)
    assert (said["adds_up"], said["since"], said["store_compared"]) == (False, "2026-03-04", False)
    assert said["total"]["fetched"] == 107
    assert said["sources"][0] == {
        "source": "a", "day": "2026-03-04", "fetched": 4, "indexed": 2, "dropped": {"paywall": 1, "unchanged": 1},
        "dead_lettered": 0, "in_flight": 0, "difference": 0,
    }  # fmt: skip
    assert said["findings"][0]["details"] == {"fetch-1": "a, 2026-03-10"}


def test_nothing_fetched_adds_up_without_a_table(capsys):
    out = written(capsys, an_audit(accounts={}))

    assert out.startswith("\neverything adds up: 0 fetched")
