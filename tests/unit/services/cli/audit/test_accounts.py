from services.cli.audit.accounts import Account, Flight, Ledger, Scope, total


def a_flight(source_id: str = "a", day: str = "2026-03-02") -> Flight:
    return Flight(source_id, day, "article", 0)


def test_what_is_fetched_and_nowhere_is_the_difference():
    account = Account(
        fetched=10, indexed=3, dropped={"paywall": 2, "unchanged": 1}, dead_lettered=1, in_flight=2, dead=1
    )

    assert account.difference == 1
    assert not account.adds_up


def test_more_ends_than_fetches_are_a_negative_difference():
    assert Account(fetched=1, indexed=2).difference == -1


def test_dead_letters_that_are_counted_and_not_held_do_not_add_up():
    account = Account(fetched=1, dead_lettered=1)

    assert account.difference == 0
    assert not account.adds_up


def test_accounts_are_added_reason_by_reason():
    accounts = [
        Account(fetched=2, indexed=1, dropped={"paywall": 1}),
        Account(fetched=3, dropped={"paywall": 1, "gone": 1}, dead_lettered=1, dead=1),
        Account(in_flight=4),
    ]

    assert total(accounts) == Account(5, 1, {"paywall": 2, "gone": 1}, 1, 4, 1)
    assert total([]) == Account()


def test_an_account_holds_what_was_counted_and_what_has_not_ended():
    ledger = Ledger(
        counts={("a", "2026-03-02"): Account(fetched=3, indexed=1, dead_lettered=1)},
        in_flight={"1": a_flight(), "2": a_flight("b", "2026-03-01")},
        dead={"3": a_flight()},
    )

    assert ledger.accounts() == {
        ("a", "2026-03-02"): Account(fetched=3, indexed=1, dead_lettered=1, in_flight=1, dead=1),
        ("b", "2026-03-01"): Account(in_flight=1),
    }


def test_a_scope_keeps_its_source_and_its_day():
    keys = [("a", "2026-03-01"), ("a", "2026-03-02"), ("b", "2026-03-02")]
    ledger = Ledger(
        counts={key: Account(fetched=1) for key in keys},
        in_flight={f"{key}": a_flight(*key) for key in keys},
        dead={f"{key}": a_flight(*key) for key in keys},
    )

    narrowed = ledger.within(Scope("a", "2026-03-02"))

    assert list(narrowed.accounts()) == [("a", "2026-03-02")]
    assert (len(narrowed.in_flight), len(narrowed.dead)) == (1, 1)
    assert ledger.within(Scope()) == ledger
    assert list(ledger.within(Scope(day="2026-03-02")).accounts()) == keys[1:]
    assert (Scope().narrows, Scope("a").narrows, Scope(day="2026-03-02").narrows) == (False, True, True)
