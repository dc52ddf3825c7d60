from services.search.ui.article_view import article_view
from shared.article_store.document import Standing
from shared.events.articles import Publication, Quality
from shared.events.enrichment import Keyphrase, Mention, Money, Quote
from tests.builders import NOON, a_stored_article, a_topic, a_withdrawal, an_enrichment, an_entity

TEXT = "Acme pays €3 million to Bolt.\n\n“We are glad,” said Ada. Acme is old."


def mention(text, occurrence=0):
    start = [i for i in range(len(TEXT)) if TEXT.startswith(text, i)][occurrence]
    return Mention(field="text", start=start, end=start + len(text), text=text)


ACME = an_entity("org:acme", "Acme", mentions=(mention("Acme", 1), mention("Acme")), salience=0.4)
BOLT = an_entity("org:bolt", "Bolt", mentions=(mention("Bolt"),), salience=0.6)
ADA = an_entity("person:ada", "Ada", mentions=(mention("Ada"),), salience=0.1)


def marked_pieces(page):
    pieces = (piece for line in page.paragraphs for passage in line for piece in passage.pieces)
    return [piece for piece in pieces if piece.mark]


def a_page(**enrichment):
    return article_view(a_stored_article(1, an_enrichment(**enrichment), text=TEXT))


def test_an_article_that_is_gone_from_its_site_is_marked():
    stored = a_stored_article(1)
    gone = stored.model_copy(update={"standing": Standing(withdrawal=a_withdrawal(1))})

    assert [article_view(article).gone for article in (stored, gone)] == [False, True]


def test_the_first_mention_of_an_entity_leads_to_its_page_and_the_others_do_not():
    page = a_page(entities=(ACME,))

    marks = [(piece.text, piece.mark.href) for piece in marked_pieces(page)]
    assert marks == [("Acme", "/entities/org:acme"), ("Acme", None)]


def test_entities_are_grouped_by_type_the_most_prominent_first():
    page = a_page(entities=(ADA, ACME, BOLT))

    groups = [(group.label, [entity.link.label for entity in group.entities]) for group in page.groups]
    assert groups == [("Organizations", ["Bolt", "Acme"]), ("People", ["Ada"])]
    assert page.groups[0].entities[1].mentions == 2


def test_amounts_are_marked_in_the_text_and_given_in_dollars():
    start = TEXT.index("€3")
    euros = Money(value=3e6, currency="EUR", value_usd=3.24e6, text="€3 million", start=start, end=start + 10)

    page = a_page(money=(euros,))

    marks = [piece.mark for piece in marked_pieces(page)]
    assert [(mark.kind, mark.title) for mark in marks] == [("money", "about $3.24 million")]
    assert (page.amounts[0].understood, page.amounts[0].written) == ("€3 million", None)


def test_an_amount_that_was_written_otherwise_is_shown_as_written_too():
    pounds = Money(value=3e6, currency="GBP", text="three million pounds", start=0, end=1)

    page = a_page(money=(pounds,))

    assert (page.amounts[0].understood, page.amounts[0].written) == ("£3 million", "three million pounds")


def test_the_path_of_a_topic_is_clickable_at_every_step():
    page = a_page(topics=(a_topic("topic:deals", "Deals", parents=(("topic:economy", "Economy"),)),))

    steps = [(step.label, step.href) for step in page.topics[0]]
    assert steps == [("Economy", "/?topic=topic:economy"), ("Deals", "/?topic=topic:deals")]


def test_a_known_speaker_leads_to_what_is_said_of_them():
    words = {"text": "We are glad", "start": 0, "end": 1}
    page = a_page(
        entities=(ADA, ACME),
        quotes=(
            Quote(speaker="Ada", speaker_id="person:ada", **words),
            Quote(speaker="Acme", speaker_id="org:acme", **words),
            Quote(speaker="a spokesman", **words),
        ),
    )

    assert [quote.speaker.href for quote in page.quotes] == ["/entities/person:ada", "/entities/org:acme", None]


def test_a_date_says_where_it_was_read():
    published = Publication(at=NOON, precision="day", origin="first-seen", raw="yesterday")

    page = article_view(a_stored_article(published=published))

    assert page.published.text == "2 March 2026"
    assert page.date_doubt == "not stated: when it was first seen"
    assert ("Date", "not stated: when it was first seen") in page.provenance
    assert article_view(a_stored_article()).date_doubt == ""
    assert ("Date as written", "yesterday") in page.provenance


def test_doubts_about_the_extraction_and_failed_enrichers_are_not_hidden():
    enrichment = an_enrichment(failed=("money",), keyphrases=(Keyphrase(text="grid", score=1),))
    stored = a_stored_article(1, enrichment, quality=Quality(score=0.4, flags=("short",)), rights=("tdm-reserved",))

    page = article_view(stored)

    assert ("Extraction", "quality 0.40 of 1 (short)") in page.provenance
    assert ("Not understood", "money") in page.provenance
    assert ("Robots", "text and data mining reserved") in page.provenance
    assert page.keyphrases == ("grid",)
