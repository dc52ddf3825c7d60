"""What is kept of an article's past, and what that makes of the article."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.article_store.document import StoredRevision, revision_of
from shared.article_store.past import (
    MAX_REVISIONS,
    Past,
    in_standing,
    kept,
    noted,
    plan,
    plans,
    standing,
    withdraw_result,
)
from tests.builders import NOON, REVISION, a_stored_article, a_withdrawal


def a_revision(number: int, content: str | None = None) -> StoredRevision:
    """The `number`-th revision of an article; its content is its own unless said."""
    text = f"Text {number}." if content is None else content
    stored = a_stored_article(1, revision=number, text=text, fetched_at=NOON + timedelta(minutes=number))
    return revision_of(stored)


def numbers(past: Past) -> list[int]:
    return [mark.revision for mark in past.revisions]


def after(*arrivals: StoredRevision) -> Past:
    """The past when revisions arrived one by one."""
    past = Past()
    for revision in arrivals:
        past = plan(past, [revision]).past
    return past


def test_a_revision_that_says_the_same_as_the_one_before_is_not_kept():
    planned = plan(after(a_revision(1, "Same.")), [a_revision(2, "Same.")])

    assert planned.create == ()
    assert numbers(planned.past) == [1]


def test_a_text_that_returns_after_another_is_a_revision_again():
    assert numbers(after(a_revision(1, "One."), a_revision(2, "Two."), a_revision(3, "One."))) == [1, 2, 3]


def test_a_late_older_revision_of_the_same_text_takes_the_place_of_the_newer():
    planned = plan(after(a_revision(1, "One."), a_revision(5, "Five.")), [a_revision(3, "Five.")])

    assert [revision.revision for revision in planned.create] == [3]
    assert planned.remove == (5,)


def test_of_too_many_revisions_the_first_and_the_newest_stay():
    past = after(*(a_revision(number) for number in range(1, MAX_REVISIONS + 6)))

    assert numbers(past) == [1, *range(7, MAX_REVISIONS + 6)]


def test_a_revision_that_was_let_go_is_not_written_again_when_it_is_redelivered():
    past = after(*(a_revision(number) for number in range(1, MAX_REVISIONS + 6)))

    assert plan(past, [a_revision(3)]) == plan(past)
    assert plan(past).create == plan(past).remove == ()


@given(st.permutations(range(1, MAX_REVISIONS + 8)), st.integers(0, 4))
def test_whatever_order_revisions_come_in_the_same_are_kept(order: list[int], repeated: int):
    arrivals = [a_revision(number) for number in (*order, *order[:repeated])]

    assert numbers(after(*arrivals)) == numbers(after(*sorted(arrivals, key=lambda revision: revision.revision)))


@given(st.lists(st.sampled_from("AB"), min_size=1, max_size=8).flatmap(
    lambda contents: st.permutations([a_revision(n, f"{c}.") for n, c in enumerate(contents, 1)])
))  # fmt: skip
def test_the_newest_kept_says_what_the_article_says(arrivals: list[StoredRevision]):
    """Together with what the store holds, as a put plans: an unchanged revision counts as soon as it matters."""
    past, present = Past(), None
    for revision in arrivals:
        past = plan(past, [revision, *([present] if present else [])]).past
        present = max(filter(None, (present, revision)), key=lambda one: one.revision)

    assert past.revisions[-1].content_hash == present.content_hash
    assert past.revisions == kept(past.revisions)


def test_what_the_store_holds_counts_beside_what_is_put():
    """It may have been put before revisions were kept."""
    present, put = a_stored_article(1, revision=1, text="Old."), a_stored_article(1, revision=2, text="New.")

    planned = plans({}, {present.article_id: present}, [put])[present.article_id]

    assert [revision.text for revision in planned.create] == ["Old.", "New."]


def test_a_first_revision_is_no_change():
    assert standing(after(a_revision(1)), 1).revisions == 1
    assert standing(after(a_revision(1)), 1).changed_at is None
    assert standing(Past(), 1) == standing(after(a_revision(1)), 1)


def test_the_time_of_the_latest_change_is_when_it_was_fetched():
    changed = standing(after(a_revision(1), a_revision(4)), 4)

    assert (changed.revisions, changed.changed_at) == (2, NOON + timedelta(minutes=4))


def test_a_withdrawal_holds_until_a_newer_revision():
    past = noted(Past(), a_withdrawal(revision=5))

    assert standing(past, 5).withdrawal == standing(past, 4).withdrawal == a_withdrawal(revision=5)
    assert standing(past, 6).withdrawal is None


def test_only_what_is_gone_from_its_site_stays_to_be_found():
    hidden = {}
    for reason in ("gone", "forgotten", "retired"):
        past = noted(Past(), a_withdrawal(reason=reason))
        hidden[reason] = in_standing(a_stored_article(1), past).hidden

    assert hidden == {"gone": False, "forgotten": True, "retired": True}


def test_an_older_withdrawal_changes_nothing():
    past = noted(noted(Past(), a_withdrawal(revision=5, reason="retired")), a_withdrawal(revision=4))

    assert past.withdrawn == a_withdrawal(revision=5, reason="retired")


def test_a_deletion_takes_all_revisions_up_to_its_own_and_forbids_them_for_ever():
    past = noted(after(a_revision(1), a_revision(2), a_revision(7)), a_withdrawal(revision=5, hard=True))

    planned = plan(past, [a_revision(3), a_revision(6)])

    assert planned.remove == (1, 2)
    assert [revision.revision for revision in planned.create] == [6]
    assert numbers(planned.past) == [6, 7]


def test_a_mark_after_a_deletion_leaves_the_tombstone():
    past = noted(noted(Past(), a_withdrawal(revision=5, hard=True)), a_withdrawal(revision=9))

    assert past.forbids(5)
    assert not past.forbids(6)


def test_a_result_tells_what_a_withdrawal_met():
    article = a_stored_article(1, revision=REVISION)
    newer = a_withdrawal(revision=REVISION + 9)

    assert withdraw_result(Past(), article, newer) == "withdrawn"
    assert withdraw_result(Past(), article, a_withdrawal(hard=True)) == "deleted"
    assert withdraw_result(Past(), None, newer) == "unknown"
    assert withdraw_result(Past(), article, a_withdrawal(revision=REVISION - 1)) == "stale"
    assert withdraw_result(noted(Past(), newer), article, a_withdrawal(revision=REVISION + 8)) == "stale"
