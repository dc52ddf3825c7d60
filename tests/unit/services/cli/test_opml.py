import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cli.opml import parse_opml, to_opml
from shared.errors import ConfigurationError
from shared.sources import Source


def opml(body: str, prologue: str = "<?xml version='1.0' encoding='UTF-8' ?>") -> bytes:
    return f'{prologue}<opml version="1.0"><head><title>Feeds</title></head><body>{body}</body></opml>'.encode()


def feed(name: str = "The Example", url: str = "https://news.example/rss", **more: str) -> str:
    others = "".join(f' {key}="{value}"' for key, value in more.items())
    return f'<outline text="{name}" type="rss" xmlUrl="{url}"{others}/>'


def sources_of(body: str, known: tuple[Source, ...] = ()) -> tuple[Source, ...]:
    return parse_opml(opml(body), "feeds.opml", known).sources


def test_an_outline_with_a_feed_is_a_source():
    [source] = sources_of(feed(htmlUrl="https://www.news.example/", language="en-us"))

    assert source == Source(
        id="the-example",
        name="The Example",
        url="https://www.news.example/",
        feeds=("https://news.example/rss",),
        language="en",
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [("Weir &#38; Mill", "Weir & Mill"), ("Weir &#x201C;Mill", "Weir “Mill"), ("&#xD800;Weir", "\ufffdWeir")],
)
def test_a_character_by_its_number_is_read_and_half_of_a_pair_harms_nothing(written, name):
    [source] = sources_of(feed(name=written))

    assert source.name == name


def test_without_the_address_of_its_site_a_feed_stands_for_it():
    [source] = sources_of(feed(htmlUrl="not an address"))

    assert source.url == "https://news.example/"


def test_folders_and_categories_become_tags():
    [source] = sources_of(
        f'<outline text="Tech"><outline title="Chips &amp; AI">{feed(category="/Daily/Asia,paid")}</outline></outline>'
    )

    assert source.tags == ("Tech", "Chips & AI", "Daily", "Asia", "paid")


def test_feeds_of_one_site_and_name_are_one_source_and_of_another_name_another_one():
    site = {"htmlUrl": "https://news.example/"}
    found = sources_of(
        feed(url="https://news.example/1", **site)
        + feed(url="https://news.example/2", **site)
        + feed("Sport", url="https://news.example/3", **site)
    )

    assert [(source.id, len(source.feeds)) for source in found] == [("the-example", 2), ("sport", 1)]


def test_a_feed_in_two_folders_is_one_source_with_two_tags():
    [source] = sources_of(f'<outline text="a">{feed()}</outline><outline text="b">{feed()}</outline>')

    assert (source.feeds, source.tags) == (("https://news.example/rss",), ("a", "b"))


def test_a_feed_that_is_known_stays_with_its_source_and_what_was_said_of_it():
    known = Source(
        id="mine", name="Mine", url="https://x.example/", feeds=("https://news.example/rss",), tags=("b",),
        exclude=("/sport/*",), language="de",
    )  # fmt: skip

    [source] = sources_of(f'<outline text="a">{feed(language="fr")}</outline>', (known,))

    assert source == known.model_copy(update={"tags": ("b", "a")})


def test_ids_are_free():
    known = Source(id="the-example", name="Another", url="https://another.example/")

    assert [source.id for source in sources_of(feed(), (known,))] == ["the-example-2"]


@pytest.mark.parametrize(
    "address", ["feed:https://news.example/rss", "feed://news.example/rss", "  https://news.example/rss\n"]
)
def test_addresses_are_read_as_feed_readers_write_them(address):
    found = parse_opml(opml(feed(url=address)), "feeds.opml")

    assert [source.feeds[0].partition("://")[2] for source in found.sources] == ["news.example/rss"]


def test_what_cannot_be_used_is_named_and_the_rest_is_taken():
    found = parse_opml(opml(feed("Bad", url="javascript:alert(1)") + feed() + "<outline/>"), "feeds.opml")

    assert [source.id for source in found.sources] == ["the-example"]
    assert found.left_out == ("Bad: only http and https URLs are accepted: 'javascript:alert(1)'",)


@pytest.mark.parametrize(
    "description",
    [
        "",
        "News &amp; views",
        "<p>Stories</p>",
        'By the makers (and friends) of <a href="https://site.example">Site</a>.',
        "\"'A podcast about the internet' that is actually an unfailingly original exploration",
        "a < b & c > d &nbsp; &undefined;",
    ],
)
def test_a_description_can_hold_anything_and_costs_no_feed(description):
    outline = f'<outline text="One" description="{description}" xmlUrl="https://a.example/rss" type="rss" />'

    found = sources_of(f'<outline text="Business & Economy">\n{outline}\n{feed()}\n</outline>')

    assert [(source.name, source.tags) for source in found] == [
        ("One", ("Business & Economy",)),
        ("The Example", ("Business & Economy",)),
    ]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "prologue", [BOMB, BOMB.lower(), '<!DOCTYPE opml SYSTEM "file:///etc/passwd">', '<! ENTITY x "y">']
)
def test_a_document_type_or_entities_are_refused(prologue):
    with pytest.raises(ConfigurationError, match=r"feeds\.opml has a document type"):
        parse_opml(opml(feed(), prologue), "feeds.opml")


def test_another_encoding_hides_no_document_type():
    body = ('<?xml version="1.0" encoding="UTF-16"?>' + BOMB + "<opml/>").encode("utf-16")

    with pytest.raises(ConfigurationError):
        parse_opml(body, "feeds.opml")


@pytest.mark.parametrize("body", [b"", b"sources: []", b"<html></html>", b"\x00\x01", b"<rss/>"])
def test_what_is_no_opml_is_refused_by_name(body):
    with pytest.raises(ConfigurationError, match=r"feeds\.opml is not OPML"):
        parse_opml(body, "feeds.opml")


def test_of_a_file_that_breaks_off_what_came_before_is_taken():
    assert len(parse_opml(opml(feed() + feed("B", url="https://b.example/rss"))[:-40], "feeds.opml").sources) == 1


def test_folders_without_end_end():
    assert sources_of("<outline text='x'>" * 100 + feed() + "</outline>" * 100) == ()


texts = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=20)
some_sources = st.lists(
    st.builds(
        Source,
        id=st.just("x"),
        name=texts,
        url=st.just("https://a.example/"),
        feeds=st.lists(st.integers(0, 99).map(lambda n: f"https://a.example/{n}"), min_size=1, max_size=3).map(tuple),
        tags=st.lists(st.text("abc<&\"'", min_size=1, max_size=4), max_size=3, unique=True).map(tuple),
        language=st.none() | st.just("en"),
    ),
    max_size=4,
    unique_by=lambda source: source.name,
)


@given(some_sources)
def test_feeds_names_tags_and_languages_survive_a_round_trip(sources):
    seen: set[str] = set()
    distinct = []
    for source in sources:
        if feeds := tuple(dict.fromkeys(url for url in source.feeds if url not in seen)):
            distinct.append(source.model_copy(update={"feeds": feeds}))
            seen |= set(feeds)

    again = parse_opml(to_opml(distinct), "feeds.opml").sources

    assert told(again) == told(distinct)


def told(sources) -> dict[str, tuple[object, ...]]:
    return {one.name: (one.url, one.feeds, one.tags, one.language) for one in sources}


def test_what_xml_cannot_hold_is_left_out_of_names():
    source = Source(id="a", name="A\x0bB\ufffe", url="https://a.example/", feeds=("https://a.example/rss",))

    assert [again.name for again in parse_opml(to_opml([source]), "feeds.opml").sources] == ["AB"]
