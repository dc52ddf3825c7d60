from services.search.finding.rights import as_permitted, revision_as_permitted
from shared.article_store.document import revision_of
from shared.article_store.snippets import SNIPPET_CHARACTERS, shortened
from shared.events.enrichment import Evidence, Keyphrase, Mention, Money, NewsEvent, Quote, Relation
from tests.builders import a_stored_article, an_enrichment, an_entity

TEXT = "Acme buys Bolt for $3 million. " + "The deal was long awaited. " * 20 + "Acme pays $9 million."
LATE = TEXT.rindex("$9 million")


def an_amount(text, start):
    return Money(value=1, currency="USD", text=text, start=start, end=start + len(text))


def evidence(start, text):
    return Evidence(start=start, end=start + len(text), text=text)


def test_an_article_without_reservations_is_shown_whole():
    stored = a_stored_article(text=TEXT, rights=("no-ai-training",))

    assert as_permitted(stored) == stored


def test_an_article_that_may_not_be_archived_shows_a_snippet_and_says_that_it_is_cut():
    shown = as_permitted(a_stored_article(text=TEXT, rights=("noarchive",))).article

    assert len(shown.text) <= SNIPPET_CHARACTERS + 1
    assert shown.text.endswith("…")
    assert shown.text_truncated


def test_a_text_that_is_its_own_snippet_is_not_called_cut():
    shown = as_permitted(a_stored_article(text="Short.", rights=("noarchive",))).article

    assert (shown.text, shown.text_truncated) == ("Short.", False)


def test_a_text_that_was_cut_before_it_came_here_is_still_called_cut():
    shown = as_permitted(a_stored_article(text="Short.", text_truncated=True, rights=("noarchive",))).article

    assert shown.text_truncated


def test_nothing_that_was_read_beyond_the_snippet_travels_with_it():
    acme = an_entity(
        "org:acme",
        "Acme",
        mentions=(
            Mention(field="title", start=900, end=904, text="Acme"),
            Mention(field="text", start=0, end=4, text="Acme"),
            Mention(field="text", start=LATE - 10, end=LATE - 6, text="Acme"),
        ),
    )
    enrichment = an_enrichment(
        entities=(acme,),
        money=(an_amount("$3 million", 19), an_amount("$9 million", LATE)),
        quotes=(Quote(text="pays", speaker="A", start=LATE - 5, end=LATE - 1),),
        relations=(
            Relation(type="acquires", subject="org:acme", object="org:bolt", evidence=evidence(0, "Acme buys Bolt")),
            Relation(type="acquires", subject="org:acme", object="org:bolt", evidence=evidence(LATE, "$9 million")),
        ),
        events=(NewsEvent(type="deal", subject_ids=("org:acme",), evidence=evidence(LATE, "$9")),),
        summary="Long. " * 100,
    )

    shown = as_permitted(a_stored_article(1, enrichment, text=TEXT, rights=("noarchive",))).enrichment

    assert [mention.start for mention in shown.entities[0].mentions] == [900, 0]
    assert [money.text for money in shown.money] == ["$3 million"]
    assert [relation.evidence.start for relation in shown.relations] == [0]
    assert (shown.quotes, shown.events) == ((), ())
    assert len(shown.summary) <= SNIPPET_CHARACTERS + 1


def test_a_revision_is_cut_when_the_article_may_not_be_archived_now_or_might_not_then():
    free, reserved = a_stored_article(text=TEXT), a_stored_article(text=TEXT, rights=("noarchive",))

    for revision, now in ((free, reserved), (reserved, free), (reserved, reserved)):
        shown = revision_as_permitted(revision_of(revision), now)
        assert (shown.text, shown.rights) == (shortened(TEXT), ("noarchive",))
    assert revision_as_permitted(revision_of(free), free) == revision_of(free)


def test_a_keyphrase_from_beyond_the_snippet_stays_without_its_place():
    phrases = (
        Keyphrase(text="Bolt", score=1, start=10, end=14),
        Keyphrase(text="$9 million", score=1, start=LATE, end=LATE + 10),
    )

    shown = as_permitted(a_stored_article(1, an_enrichment(keyphrases=phrases), text=TEXT, rights=("noarchive",)))

    places = [(phrase.text, phrase.start, phrase.end) for phrase in shown.enrichment.keyphrases]
    assert places == [("Bolt", 10, 14), ("$9 million", None, None)]
