from services.cli.audit.accounts import Account, Flight, Ledger, Scope
from services.cli.audit.findings import SETTLED_AFTER_MS, Finding, Look, Registered, differences, gaps, store_gaps

NOW = 1_772_452_800_000
EVERYTHING = Scope()
NOTHING_FOUND = Look({}, {})


def a_flight(since_ms: int = NOW - 60_000, article_id: str = "article-1") -> Flight:
    return Flight("example", "2026-03-02", article_id, since_ms)


def a_ledger(**fields) -> Ledger:
    return Ledger(**{"counts": {}, "in_flight": {}, "dead": {}, **fields})


def test_a_day_whose_sums_come_out_is_no_finding():
    ledger = a_ledger(counts={("a", "2026-03-02"): Account(fetched=2, indexed=1)}, in_flight={"f": a_flight()})
    in_flight_of_another = differences(ledger)
    ledger = a_ledger(counts={("example", "2026-03-02"): Account(fetched=2, indexed=1)}, in_flight={"f": a_flight()})

    assert differences(ledger) == []
    assert [finding.detail for finding in in_flight_of_another] == ["+1", "-1"]


def test_both_kinds_of_difference_of_one_day_are_named():
    ledger = a_ledger(counts={("a", "2026-03-02"): Account(fetched=2, dead_lettered=1)})

    assert [(finding.id, finding.detail) for finding in differences(ledger)] == [
        ("a 2026-03-02", "+1"),
        ("a 2026-03-02 dead-lettered", "1 counted as dead-lettered, 0 held"),
    ]


def test_a_fetch_in_flight_is_suspected_only_after_a_moment():
    ledger = a_ledger(
        in_flight={"old": a_flight(NOW - SETTLED_AFTER_MS), "young": a_flight(NOW - SETTLED_AFTER_MS + 1)}
    )

    assert gaps(ledger, NOTHING_FOUND, NOW, EVERYTHING) == {Finding("lost", "old")}


def test_a_fetch_whose_event_was_found_is_not_lost_and_a_letter_is_no_event_of_one_in_flight():
    ledger = a_ledger(in_flight={"1": a_flight(), "2": a_flight()})
    look = Look(events={"1": "articles.crawled 1-0"}, letters={"enrichment/1-0": "2"})

    assert gaps(ledger, look, NOW, EVERYTHING) == {
        Finding("lost", "2"), Finding("letter-without-fetch", "enrichment/1-0"),
    }  # fmt: skip


def test_dead_fetches_and_letters_that_belong_together_are_no_finding():
    ledger = a_ledger(dead={"1": a_flight(), "2": a_flight()})
    look = Look({}, {"enrichment/1-0": "1", "indexing/1-0": "", "indexing/2-0": "3"})

    assert gaps(ledger, look, NOW, EVERYTHING) == {
        Finding("dead-without-letter", "2"), Finding("letter-without-fetch", "indexing/2-0"),
    }  # fmt: skip


def test_what_belongs_to_no_source_is_no_finding_where_one_source_is_asked_for():
    look = Look({"1": "articles.crawled 1-0"}, {"enrichment/1-0": "2"})

    assert len(gaps(a_ledger(), look, NOW, EVERYTHING)) == 2
    assert gaps(a_ledger(), look, NOW, Scope(source_id="a")) == set()


def test_a_finding_says_where_the_fetch_came_from():
    [finding] = gaps(a_ledger(in_flight={"1": a_flight()}), NOTHING_FOUND, NOW, EVERYTHING)
    [without_article] = gaps(a_ledger(in_flight={"1": a_flight(article_id="")}), NOTHING_FOUND, NOW, EVERYTHING)

    assert finding.detail == "example, 2026-03-02, article article-1"
    assert without_article.detail == "example, 2026-03-02"
    assert finding == without_article


def test_registry_and_store_agree_where_the_store_has_the_revision_or_a_newer_one():
    registry = {"same": Registered(5), "newer": Registered(5)}

    assert store_gaps(registry, {"same": 5, "newer": 6}, set()) == set()


def test_what_is_missing_or_older_or_unknown_is_named():
    registry = {"missing": Registered(5), "older": Registered(5)}

    assert store_gaps(registry, {"older": 4, "unknown": 1}, set()) == {
        Finding("not-in-store", "missing"),
        Finding("outdated-in-store", "older"),
        Finding("not-in-registry", "unknown"),
    }


def test_what_is_under_way_is_excused_from_being_missing_or_older():
    registry = {"missing": Registered(5), "older": Registered(5)}

    assert store_gaps(registry, {"older": 4}, {"missing", "older"}) == set()


def test_what_was_taken_back_need_not_be_there_but_must_not_stay_as_it_was():
    registry = {"gone": Registered(5, withdrawn=True), "still there": Registered(5, withdrawn=True)}

    assert store_gaps(registry, {"still there": 4}, set()) == {Finding("outdated-in-store", "still there")}
