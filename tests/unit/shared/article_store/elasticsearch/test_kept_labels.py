from shared.article_store.elasticsearch import kept_labels
from shared.article_store.elasticsearch.kept_labels import LIFETIME_S, KeptLabels
from tests.fakes import FakeClock

ADA, SHOWN = {("person", "person:ada"): "Ada Brandt"}, {"person": ["person:ada", "person:bob"]}


def test_what_was_learnt_is_known_of_the_values_that_are_shown() -> None:
    kept = KeptLabels(FakeClock())

    kept.learn(ADA)

    assert kept.known(SHOWN) == ADA
    assert kept.known({"organization": ["person:ada"]}) == {}


def test_labels_are_asked_for_again_after_their_time() -> None:
    clock = FakeClock()
    kept = KeptLabels(clock)
    kept.learn(ADA)

    clock.advance(LIFETIME_S - 1)
    before = kept.known(SHOWN)
    clock.advance(1)

    assert (before, kept.known(SHOWN)) == (ADA, {})


def test_those_that_were_learnt_first_make_room(monkeypatch) -> None:
    monkeypatch.setattr(kept_labels, "MAX_LABELS", 2)
    kept = KeptLabels(FakeClock())

    for number in (1, 2, 3):
        kept.learn({("person", f"person:{number}"): "Somebody"})

    assert [value for _, value in kept.known({"person": ["person:1", "person:2", "person:3"]})] == [
        "person:2",
        "person:3",
    ]
