from datetime import UTC, datetime

import pytest

from services.search.ui.search_view import DealLine, Link, search_view
from shared.article_store.document import Standing
from shared.article_store.query import (
    HIGHLIGHT_END,
    HIGHLIGHT_START,
    Bucket,
    FacetCounts,
    Highlights,
    Hit,
    SearchResult,
    Total,
)
from shared.events.enrichment import Money
from tests.builders import a_relation, a_stored_article, a_topic, a_withdrawal, an_enrichment, an_entity
from tests.unit.services.search.asking import parse

NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)
NOTHING = SearchResult(total=Total(0), hits=())


def a_page(query_string="", **result):
    return search_view(parse(query_string), SearchResult(**{"total": Total(1), "hits": (), **result}), NOW)


def a_row(stored, highlights=None):
    return a_page(hits=(Hit(stored, highlights=highlights),)).rows[0]


def counts(facet, *buckets, other=0):
    return FacetCounts(facet, tuple(Bucket(*bucket) for bucket in buckets), other)


def test_a_bucket_leads_to_the_search_with_it_and_to_the_one_without():
    page = a_page("q=battery", facets=(counts("person", ("person:ada", "Ada", 1200)),))

    row = page.boxes[0].rows[0]
    assert (row.label, row.count) == ("Ada", "1,200")
    assert row.toggle_href == "/?q=battery&person=person:ada"
    assert row.exclude_href == "/?q=battery&not_person=person:ada"


def test_a_selected_bucket_leads_to_the_search_without_its_filter():
    page = a_page("person=person:ada", facets=(counts("person", ("person:ada", "Ada", 3, True)),))

    assert page.boxes[0].rows[0].toggle_href == "/"


def test_what_other_values_count_can_be_opened_up_to_the_bound():
    few = a_page(facets=(counts("person", ("person:ada", "Ada", 3), other=1500),)).boxes[0]
    all_of_them = a_page("facet.person.size=200", facets=(counts("person", ("person:ada", "Ada", 3), other=5),)).boxes[
        0
    ]

    assert (few.other, few.more_href) == ("1,500", "/?facet.person.size=50")
    assert (all_of_them.other, all_of_them.more_href) == ("5", None)


def test_a_facet_without_values_has_no_box():
    page = a_page(facets=(counts("person"), counts("language", ("en", "en", 1))))

    assert [box.name for box in page.boxes] == ["language"]


def test_boxes_far_down_are_closed_unless_something_in_them_is_selected():
    names = ("topic", "organization", "person", "location", "product", "technology", "source")
    facets = tuple(counts(name, ("x", "x", 1, name == "source")) for name in names)

    page = a_page("source=x", facets=facets)

    assert [box.name for box in page.boxes if not box.open] == ["technology"]


def test_every_filter_is_a_chip_that_takes_it_off():
    page = a_page(
        "person=person:ada&not_language=de&from=2026-03-01&to=2026-03-02",
        facets=(counts("person", ("person:ada", "Ada Lovelace", 3, True)),),
    )

    chips = [(chip.heading, chip.label, chip.excluded, chip.remove_href) for chip in page.chips]
    assert chips == [
        ("Person", "Ada Lovelace", False, "/?from=2026-03-01&to=2026-03-02&not_language=de"),
        ("Language", "de", True, "/?from=2026-03-01&to=2026-03-02&person=person:ada"),
        ("Published", "from 1 March 2026", False, "/?to=2026-03-02&person=person:ada&not_language=de"),
        ("Published", "until 2 March 2026", False, "/?from=2026-03-01&person=person:ada&not_language=de"),
    ]


def test_clearing_keeps_the_words():
    page = a_page("q=battery&person=person:ada&from=2026-03-01&amount_from=2m&amount_to=1bn")

    assert page.clear_href == "/?q=battery"


def test_bounds_of_amounts_narrow_and_their_form_keeps_the_rest():
    page = a_page("q=battery&person=person:ada&amount_from=2m")

    assert page.narrowed
    assert page.kept_by_amounts == (("q", "battery"), ("person", "person:ada"))


def test_new_words_keep_the_filters_and_new_dates_keep_the_words():
    page = a_page("q=battery&person=person:ada&from=2026-03-01&cursor=page2")

    assert page.kept_by_words == (("from", "2026-03-01"), ("person", "person:ada"))
    assert page.kept_by_dates == (("q", "battery"), ("person", "person:ada"))
    assert (page.from_day, page.to_day) == ("2026-03-01", "")


def test_relevance_is_offered_only_where_there_are_words():
    assert [link.label for link in a_page("q=battery").sorts] == ["Relevance", "Newest", "Oldest"]
    assert [(link.label, link.current) for link in a_page("q=-battery").sorts] == [("Newest", True), ("Oldest", False)]


def test_ranges_of_time_count_back_from_today():
    ranges = {link.label: link for link in a_page("from=2026-03-03").ranges}

    assert ranges["Past day"].href == "/?from=2026-03-09"
    assert [label for label, link in ranges.items() if link.current] == ["Past week"]
    assert ranges["Any time"].href == "/"


def test_pages_lead_on_and_back_to_the_first():
    page = a_page("q=battery&cursor=page2", next="page3")

    assert (page.next_href, page.first_href) == ("/?q=battery&cursor=page3", "/?q=battery")


@pytest.mark.parametrize(
    ("total", "said"),
    [(Total(1), "1 article"), (Total(1204), "1,204 articles"), (Total(10000, "gte"), "at least 10,000 articles")],
)
def test_the_total_says_whether_it_is_exact(total, said):
    assert a_page(total=total).total == said


def test_a_row_shows_what_matched_with_ellipses_where_the_text_goes_on():
    stored = a_stored_article(text="A <b>big battery plant opens today.")
    highlights = Highlights(title=None, text=(f"big {HIGHLIGHT_START}battery{HIGHLIGHT_END} plant",))

    row = a_row(stored, highlights)

    assert row.fragments == ("… big <mark>battery</mark> plant …",)


def test_a_row_without_matches_shows_the_page_s_own_summary_or_else_the_beginning_of_the_text():
    assert a_row(a_stored_article(description="In short.")).fragments == ("In short.",)
    assert a_row(a_stored_article(text="One.\n\nTwo.")).fragments == ("One. Two.",)


def test_a_matching_title_is_marked_and_another_is_plain_text():
    stored = a_stored_article(title="A <battery>")
    highlights = Highlights(title=f"A <{HIGHLIGHT_START}battery{HIGHLIGHT_END}>")

    assert a_row(stored, highlights).title == "A &lt;<mark>battery</mark>&gt;"
    assert a_row(stored).title == "A <battery>"


def test_a_row_names_its_subjects_the_most_prominent_first():
    enrichment = an_enrichment(
        topics=(a_topic("topic:deals", "Deals"),),
        entities=(an_entity("person:ada", "Ada", salience=0.2), an_entity("org:acme", "Acme", salience=0.9)),
        money=(Money(value=3e6, currency="USD", text="$3m", start=0, end=1),),
    )

    row = a_row(a_stored_article(1, enrichment))

    assert [(chip.label, chip.kind) for chip in row.chips] == [
        ("Deals", "topic"),
        ("Acme", "organization"),
        ("Ada", "person"),
    ]
    assert row.amounts == ("$3 million",)


def test_an_empty_store_is_told_from_an_empty_answer():
    empty_store = search_view(parse(""), NOTHING, NOW)
    empty_answer = search_view(parse("q=battery"), NOTHING, NOW)

    assert (empty_store.empty, empty_store.narrowed) == (True, False)
    assert (empty_answer.empty, empty_answer.narrowed) == (True, True)


def test_a_row_tells_that_its_article_is_gone_from_its_site():
    stored = a_stored_article(1)
    gone = stored.model_copy(update={"standing": Standing(withdrawal=a_withdrawal(1))})

    assert [a_row(article).gone for article in (stored, gone)] == [False, True]


def test_a_line_tells_who_does_what_with_whom_for_how_much_in_the_largest_deal_of_an_article():
    enrichment = an_enrichment(
        entities=(an_entity("org:acme", "Acme"),),
        money=(Money(value=2e9, currency="USD", text="$2bn", start=0, end=1),),
        relations=(
            a_relation(type="supplies"),
            a_relation(type="acquires", dollars=2e9),
            a_relation(type="sues", dollars=5e9),
        ),
    )

    row = a_row(a_stored_article(1, enrichment))

    assert row.deal == DealLine(
        Link("Acme", "/entities/org:acme", "organization"),
        "acquires",
        Link("org:widgets", "/entities/org:widgets"),
        "$2 billion",
    )
    assert row.amounts == ()
    assert a_row(a_stored_article(1)).deal is None


def test_copies_that_are_not_shown_are_one_link():
    row = a_page(hits=(Hit(a_stored_article(1), copies=3),)).rows[0]

    assert (row.copies.label, row.copies.href) == ("+3 copies", row.href)
    assert a_row(a_stored_article(1)).copies is None


def test_copies_are_hidden_until_the_chip_shows_them():
    hidden, shown = a_page("q=battery").copies, a_page("q=battery&copies=show").copies

    assert (hidden.href, hidden.current) == ("/?q=battery&copies=show", False)
    assert (shown.href, shown.current) == ("/?q=battery", True)


def test_what_is_exported_or_saved_is_the_search_rather_than_its_page():
    page = a_page("q=battery&person=person:ada&size=5&cursor=page2&facet.person.size=50&mode=hybrid")

    assert [link.href for link in page.exports] == [
        f"/v1/export?q=battery&person=person:ada&format={form}" for form in ("jsonl", "csv", "rss")
    ]
    assert page.alert_href == "/alerts/new?q=battery&person=person:ada"


def test_an_amount_that_the_badge_tells_is_not_told_again():
    money = [Money(value=v, currency="USD", value_usd=v, text="", start=0, end=1) for v in (2e9, 5e6, 5e6, 7e6)]
    enrichment = an_enrichment(relations=(a_relation(type="acquires", dollars=2e9),), money=tuple(money))

    assert a_row(a_stored_article(1, enrichment)).amounts == ("$5 million", "$7 million")


def test_what_is_about_the_same_is_offered_where_vectors_are_made_and_the_order_is_by_relevance():
    def offered(query_string, *, by_meaning=True):
        found = SearchResult(total=Total(1), hits=())
        modes = search_view(parse(query_string), found, NOW, by_meaning=by_meaning).modes
        return [(mode.href, mode.current) for mode in modes]

    assert offered("q=battery") == [("/?q=battery", True), ("/?q=battery&mode=hybrid", False)]
    assert offered("q=battery&mode=hybrid") == [("/?q=battery", False), ("/?q=battery&mode=hybrid", True)]
    assert offered("q=battery", by_meaning=False) == []
    assert offered("q=battery&sort=newest") == []


@pytest.mark.parametrize(
    ("asked", "looser"),
    [
        ("q=big battery", ["/?q=big+battery&match=any", "/?q=big+battery&mode=hybrid"]),
        (
            'q="big battery"&language=en',
            ["/?q=big+battery&language=en", "/?q=%22big+battery%22&mode=hybrid&language=en"],
        ),
        ("q=big battery&match=any", ["/?q=big+battery&match=any&mode=hybrid"]),
        ("q=battery&mode=hybrid", []),
        ("q=battery&sort=newest", []),
        ("language=en", []),
    ],
)
def test_where_nothing_is_found_questions_that_find_more_are_offered(asked, looser):
    page = search_view(parse(asked), NOTHING, NOW, by_meaning=True)

    assert [link.href for link in page.looser] == looser
    assert a_page(asked, hits=(Hit(a_stored_article(1)),)).looser == ()
