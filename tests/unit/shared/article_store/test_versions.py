"""What putting a document does."""

from datetime import timedelta

from shared.article_store.document import Standing
from shared.article_store.past import Past
from shared.article_store.versions import decide, digest
from shared.events.enrichment import Keyphrase
from tests.builders import REVISION, a_stored_article, a_withdrawal, an_enrichment


def test_a_newer_version_keeps_the_first_arrival():
    first = a_stored_article(1)
    newer = a_stored_article(1, revision=REVISION + 9).model_copy(
        update={"ingested_at": first.ingested_at + timedelta(hours=1)}
    )

    (write,) = decide({first.article_id: first}, {}, [newer])

    assert (write.result, write.stored.ingested_at) == ("unchanged", first.ingested_at)
    assert write.stored.version == newer.version


def test_a_batch_meets_what_stands_before_it_in_the_batch():
    versions = [a_stored_article(1, revision=REVISION + n, title=f"Title {n}") for n in (5, 3, 7)]

    assert [write.result for write in decide({}, {}, versions)] == ["created", "stale", "updated"]


def test_a_stale_document_does_not_become_what_is_held():
    newest, older, middle = (a_stored_article(1, revision=REVISION + n) for n in (9, 1, 5))

    assert [write.result for write in decide({}, {}, [newest, older, middle])] == ["created", "stale", "stale"]


def test_the_version_of_the_enrichment_alone_is_no_other_content():
    plain = a_stored_article(1, an_enrichment(enrichment_version=1))
    again = a_stored_article(1, an_enrichment(enrichment_version=2))
    richer = a_stored_article(1, an_enrichment(enrichment_version=2, keyphrases=(Keyphrase(text="x", score=1),)))

    assert digest(plain) == digest(again) != digest(richer)


def test_what_was_deleted_for_good_is_stale_and_a_newer_revision_is_created():
    past = Past(erased=a_withdrawal(revision=REVISION + 5, hard=True))
    older, newer = (a_stored_article(1, revision=REVISION + n) for n in (5, 6))

    assert [write.result for write in decide({}, {older.article_id: past}, [older, newer])] == ["stale", "created"]


def test_a_document_gets_the_standing_of_its_past_not_what_it_carries():
    past = Past(withdrawn=a_withdrawal(reason="retired"))
    carried = a_stored_article(1).model_copy(update={"standing": Standing(revisions=7)})

    (write,) = decide({}, {carried.article_id: past}, [carried])

    assert write.stored.standing == Standing(withdrawal=a_withdrawal(reason="retired"))
