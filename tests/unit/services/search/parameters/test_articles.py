import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.search.parameters.articles import RECENCY_WEIGHTS, SEARCH, asked_by_people, to_pairs, to_url, understand
from services.search.parameters.articles import parse as parse_at
from services.search.parameters.query_string import (
    MAX_JSON_CHARACTERS,
    MAX_QUERY_STRING_CHARACTERS,
    InvalidParameter,
    pairs_of_json,
)
from services.search.query_language.mistakes import QueryMistake
from services.search.query_language.reading import read_forgiving
from shared.article_store.query import ArticleQuery, FacetFilter, FacetRequest, Freshness, RangeFilter, Words
from shared.errors import InvalidInput, LimitExceeded
from shared.facets import FACETS, FACETS_BY_NAME

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ALL_FACETS = tuple(FacetRequest(name) for name in FACETS_BY_NAME)


def parse(query_string):
    return parse_at(query_string, NOW)


def test_an_empty_query_string_asks_for_everything_with_every_facet_counted():
    query = parse("")

    assert query == ArticleQuery(facets=ALL_FACETS, highlight=True, copies="hide")


def test_words_filters_dates_and_paging_are_read_together():
    query = parse("q=battery&person=person:a&not_language=de&from=2026-03-01&sort=oldest&size=5&cursor=abc&facet=topic")

    assert query == ArticleQuery(
        where=Words("battery"),
        filters=(FacetFilter("person", include=("person:a",)), FacetFilter("language", exclude=("de",))),
        published_from=datetime(2026, 3, 1, tzinfo=UTC),
        sort="oldest",
        size=5,
        cursor="abc",
        facets=(FacetRequest("topic"),),
        highlight=True,
        copies="hide",
    )


def test_values_of_a_facet_may_be_repeated_or_separated_by_commas():
    repeated = parse("person=person:a&person=person:b&person=person:a")
    listed = parse("person=person:a,person:b")

    assert repeated == listed
    assert listed.filters == (FacetFilter("person", include=("person:a", "person:b")),)


def test_a_comma_within_a_value_is_escaped_by_a_backslash():
    query = parse(r"author=Duarte\,%20Ines,Brandt")

    assert query.filters == (FacetFilter("author", include=("Duarte, Ines", "Brandt")),)


@pytest.mark.parametrize("empty", ["q=", "from=&to=", "person=", "cursor=&size=", "q=%20"])
def test_fields_that_a_form_sends_empty_are_not_asked(empty):
    assert parse(empty) == parse("")


def test_the_last_day_of_a_range_is_included():
    query = parse("from=2026-03-01&to=2026-03-02")

    assert query.published_to == datetime(2026, 3, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("2026-03-01T18:00", datetime(2026, 3, 1, 18, tzinfo=UTC)),
        ("2026-03-01T18:00Z", datetime(2026, 3, 1, 18, tzinfo=UTC)),
        ("2026-03-01T18:00%2B02:00", datetime(2026, 3, 1, 16, tzinfo=UTC)),
        ("20260301", datetime(2026, 3, 1, tzinfo=UTC)),
    ],
)
def test_a_time_is_utc_unless_it_says_otherwise(written, understood):
    assert parse(f"from={written}").published_from == understood


def test_the_facets_to_count_are_chosen_ordered_and_sized():
    query = parse("facet=person,topic&facet.person.size=50")

    assert query.facets == (FacetRequest("person", 50), FacetRequest("topic"))


def test_no_facet_is_counted_when_none_is_asked_for():
    assert parse("facet=none").facets == ()


@pytest.mark.parametrize(
    ("query_string", "parameter", "reason"),
    [
        ("persn=x", "persn", "is person meant?"),
        ("not_persons=x", "not_persons", "is not_person meant?"),
        ("zzzz=1", "zzzz", "unknown; see /docs"),
        ("size=0", "size", "no number from 1 to 200"),
        ("size=201", "size", "no number from 1 to 200"),
        ("size=-1", "size", "no number"),
        ("size=٣", "size", "no number"),
        ("size=5&size=6", "size", "given 2 times"),
        ("sort=best", "sort", "none of relevance, newest, oldest"),
        ("from=yesterday", "from", "no day like"),
        ("to=9999-12-31", "to", ""),
        ("from=0001-01-01T00:00%2B14:00", "from", ""),
        ("from=2026-03-02&to=2026-03-01", "to", "exchange the two"),
        ("highlight=maybe", "highlight", "neither true nor false"),
        ("facet=topics", "facet", "none of topic"),
        ("facet=none,topic", "facet", "'none'"),
        ("facet.topic.size=500", "facet.topic.size", "no number from 1 to 200"),
        ("cursor=" + "a" * 7001, "cursor", "longer than any cursor"),
        ("match=some", "match", "none of all, most, any"),
        ("facet.person.mode=some", "facet.person.mode", "none of any, all"),
        ("facet.person.sort=size", "facet.person.sort", "none of count, name"),
    ],
)
def test_what_does_not_fit_is_refused_by_the_name_of_its_parameter(query_string, parameter, reason):
    with pytest.raises(InvalidParameter, match=r"(?s).*") as caught:
        parse(query_string)

    assert caught.value.parameter == parameter
    assert reason in str(caught.value)


def test_a_query_string_beyond_its_bound_is_refused_unread():
    with pytest.raises(LimitExceeded, match="at most 8192"):
        parse("x" * (MAX_QUERY_STRING_CHARACTERS + 1))


def test_a_mistake_in_the_text_is_pointed_at_unless_the_reader_forgives():
    with pytest.raises(QueryMistake) as caught:
        parse("q=battery+OR")

    forgiven = asked_by_people(SEARCH.read([("q", "battery OR")], NOW))
    assert caught.value.position == 8
    assert forgiven.query.where == Words("battery")
    assert forgiven.notes == ("OR needs words on both sides",)


def test_how_many_words_must_be_there_is_a_parameter():
    query = parse("q=solid+state+battery&match=most")

    assert query.where == Words("solid state battery", match="most")
    assert to_pairs(query) == [("q", "solid state battery"), ("match", "most")]


def test_names_of_other_news_interfaces_are_understood():
    assert parse("lang=en&not_lang=de").filters == (FacetFilter("language", ("en",), ("de",)),)


def test_a_span_counts_back_from_now():
    assert parse("from=7d").published_from == NOW - timedelta(days=7)


def test_a_facet_may_ask_for_all_of_its_values_and_name_their_order():
    query = parse("person=person:a,person:b&facet.person.mode=all&facet=person&facet.person.sort=name")

    assert query.filters == (FacetFilter("person", ("person:a", "person:b"), mode="all"),)
    assert query.facets == (FacetRequest("person", sort="name"),)


def test_json_says_the_same_under_the_same_names():
    body = b'{"q": "battery", "author": ["Duarte, Ines", "Brandt"], "size": 5, "highlight": false, "facet": null}'

    query = understand(pairs_of_json(body, one_value=SEARCH.one_value), NOW)

    assert query == parse(r"q=battery&author=Duarte\,%20Ines,Brandt&size=5&highlight=false")


@given(st.text(max_size=200))
def test_no_query_string_breaks_the_reading(text):
    try:
        query = parse(text)
    except (InvalidInput, LimitExceeded):
        return

    assert parse(urlsplit(to_url("/", query, cursor=query.cursor)).query) == query


PERIODS = st.sampled_from(["2026", "2026-03", "2026-W10", "2026-03-02", "2026-03-02T13"])


def facet_values(name):
    """Some values that the facet can have."""
    facet = FACETS_BY_NAME[name]
    some = st.sampled_from(facet.choices) if facet.choices else st.text(min_size=1, max_size=12)
    if facet.case:
        some = some.filter(lambda value: facet.value_of(value) == value)
    return st.lists(PERIODS if facet.kind == "date" else some, unique=True, max_size=3).map(tuple)


MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)) | st.dates(
    datetime(1900, 1, 1).date(), datetime(2100, 1, 1).date()
).map(lambda day: datetime(day.year, day.month, day.day, tzinfo=UTC))


@st.composite
def queries(draw):
    chosen = draw(st.lists(st.sampled_from(list(FACETS_BY_NAME)), unique=True))
    filters = tuple(
        FacetFilter(name, draw(facet_values(name)), draw(facet_values(name)), draw(st.sampled_from(["any", "all"])))
        for name in FACETS_BY_NAME
        if name in chosen
    )
    start = draw(st.none() | MOMENTS)
    length = draw(st.none() | st.timedeltas(timedelta(microseconds=1), timedelta(days=900)))
    counted = draw(st.lists(st.sampled_from(list(FACETS_BY_NAME)), unique=True))
    return ArticleQuery(
        where=read_forgiving(draw(st.text(max_size=40)), NOW, draw(st.sampled_from(["all", "most"]))).expression,
        filters=tuple(item for item in filters if item != FacetFilter(item.facet)),
        published_from=start,
        published_to=(start or datetime(2026, 3, 1, tzinfo=UTC)) + length if length else None,
        sort=draw(st.sampled_from(["relevance", "newest", "oldest"])),
        size=draw(st.integers(1, 200)),
        facets=draw(st.just(ALL_FACETS) | st.just(tuple(FacetRequest(name, 25) for name in counted))),
        highlight=draw(st.booleans()),
        copies=draw(st.sampled_from(["hide", "show"])),
    )


@given(queries())
def test_a_query_survives_the_way_into_a_link_and_back(query):
    link = to_url("/v1/articles", query)

    assert parse(urlsplit(link).query) == query


def test_a_link_starts_at_the_first_page_unless_it_is_given_a_cursor():
    query = replace(parse("q=battery"), cursor="page2")

    assert to_url("/", query) == "/?q=battery"
    assert to_url("/", query, cursor="page3") == "/?q=battery&cursor=page3"


def test_a_link_to_everything_is_the_bare_path():
    assert to_url("/v1/articles", parse("")) == "/v1/articles"


def test_what_is_said_by_default_is_left_out_of_links():
    pairs = to_pairs(parse("q=battery&size=20&sort=relevance&highlight=true&facet.topic.size=10"))

    assert pairs == [("q", "battery")]


def test_every_facet_has_its_parameters_described_with_its_own_words():
    described = {parameter.name: parameter.description for parameter in SEARCH.parameters}

    for facet in FACETS:
        assert facet.description in described[facet.name]
        assert facet.label in described[f"not_{facet.name}"]
        assert facet.label in described[f"facet.{facet.name}.size"]


def test_a_search_within_the_values_of_a_facet_is_read_and_written_back():
    query = parse_at("facet=person&facet.person.q=musk%20e", NOW)

    assert query.facets == (FacetRequest("person", query="musk e"),)
    assert ("facet.person.q", "musk e") in to_pairs(query)


def test_codes_are_understood_in_capitals_and_without():
    assert parse("language=EN&country=gb") == parse("language=en&country=GB") == parse("lang=En&country=gB")
    assert parse("q=language:EN+country:gb").where == parse("q=language:en+country:GB").where


@pytest.mark.parametrize(
    ("query_string", "parameter"),
    [
        ("relation=buys", "relation"),
        ("not_sentiment=happy", "not_sentiment"),
        ("deal_size=5", "deal_size"),
        ("story_size=3", "story_size"),
        ("edited=yes", "edited"),
        ("rights=all", "rights"),
        ("published=soon", "published"),
    ],
)
def test_values_that_a_facet_cannot_have_are_refused_by_its_name(query_string, parameter):
    with pytest.raises(InvalidParameter) as caught:
        parse(query_string)

    assert caught.value.parameter == parameter


def test_recency_counts_gently_by_relevance_unless_asked_otherwise():
    gentle, strong, none = parse("q=battery"), parse("q=battery&recency=strong"), parse("q=battery&recency=none")

    assert (gentle.fresh, none.fresh) == (Freshness(NOW, RECENCY_WEIGHTS["gentle"]), None)
    assert strong.fresh == Freshness(NOW, RECENCY_WEIGHTS["strong"])
    assert parse("q=battery&sort=newest&recency=strong").fresh is parse("recency=strong").fresh is None
    for query in (gentle, strong, none):
        assert parse(to_url("", query).removeprefix("?")) == query


def test_what_lies_below_a_topic_is_read_and_written_back():
    of_economy = parse("facet=topic&facet.topic.under=mt:economy")
    highest = parse("facet=topic&facet.topic.under=top")

    assert of_economy.facets == (FacetRequest("topic", under="mt:economy"),)
    assert highest.facets == (FacetRequest("topic", under=""),)
    assert parse(to_url("", highest).removeprefix("?")) == highest
    with pytest.raises(InvalidParameter, match="unknown"):
        parse("facet.person.under=person:a")


def test_amounts_of_relations_are_bounds_in_dollars_that_are_written_back():
    query = parse_at("relation=invests_in&amount_from=100m&amount_to=1bn", NOW)

    assert query.ranges == (RangeFilter("deal_size", 1e8, 1e9),)
    assert parse_at(to_url("", query).removeprefix("?"), NOW) == query


def test_amounts_that_cannot_be_are_refused():
    with pytest.raises(InvalidParameter, match="exchange"):
        parse_at("amount_from=1bn&amount_to=1m", NOW)


def test_the_size_of_a_story_has_bounds_on_the_steps_that_it_is_kept_in():
    query = parse_at("story_size_from=2&story_size_to=10&amount_from=1m", NOW)

    assert query.ranges == (RangeFilter("deal_size", 1e6), RangeFilter("story_size", 2, 10))
    assert parse_at(to_url("", query).removeprefix("?"), NOW) == query


@pytest.mark.parametrize(
    ("query_string", "parameter"),
    [
        ("story_size_from=3", "story_size_from"),
        ("story_size_from=5&story_size_to=2", "story_size_to"),
        ("deal_size_from=much", "deal_size_from"),
        ("deal_size_from=1m&amount_from=2m", "amount_from"),
    ],
)
def test_bounds_that_cannot_be_are_refused_by_their_name(query_string, parameter):
    with pytest.raises(InvalidParameter) as caught:
        parse_at(query_string, NOW)

    assert caught.value.parameter == parameter


def test_every_facet_of_numbers_has_bounds_and_the_general_names_mean_the_short_ones():
    bounded = [facet.name for facet in FACETS if facet.kind == "range"]

    for name in bounded:
        assert parse_at(f"{name}_from=2&{name}_to=5", NOW).ranges == (RangeFilter(name, 2, 5),)
    assert parse_at("deal_size_from=1m", NOW) == parse_at("amount_from=1m", NOW)


def test_hours_are_an_interval_of_the_date():
    assert parse_at("facet=published&facet.published.interval=hour", NOW).facets == (
        FacetRequest("published", interval="hour"),
    )


def test_a_json_object_longer_than_its_links_may_grow_from_is_refused():
    body = json.dumps({"person": [f"person:{number:0100}" for number in range(MAX_JSON_CHARACTERS // 100)]}).encode()

    with pytest.raises(LimitExceeded, match="characters"):
        pairs_of_json(body, one_value=SEARCH.one_value)


@pytest.mark.parametrize("name", ["person", "not_person", "source", "author"])
def test_a_value_longer_than_any_there_can_be_is_refused_by_name(name):
    with pytest.raises(InvalidParameter, match="longer than 256 characters") as refused:
        understand([(name, "x" * 257)], NOW)

    assert refused.value.parameter == name
    assert understand([(name, "x" * 256)], NOW).filters
