import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import ConfigurationError
from shared.events.commands import FoundDoor, SiteFound
from shared.sources import (
    MAX_DOCUMENT_BYTES,
    Source,
    free_id,
    parse_sources,
    read_sources_file,
    source_for,
    sources_yaml,
)

DOCUMENT = """
sources:
  - id: example
    name: The Example
    url: https://News.example
    feeds: ['https://news.example/rss.xml?utm_source=opml']
    sitemaps: [https://news.example/news.xml]
    language: en
"""


def test_a_sources_file_says_where_to_look_for_articles():
    [source] = parse_sources(DOCUMENT, "sources.yaml")

    assert source.url == "https://news.example/"
    assert source.doors == (("feed", "https://news.example/rss.xml"), ("sitemap", "https://news.example/news.xml"))


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("sources: [", "is not YAML"),
        ("- just a list", "no list called sources"),
        ("sources: 3", "no list called sources"),
        ("sources: [{id: a, name: A}]", "source a: url"),
        ("sources: [{id: A b, name: A, url: 'https://a.example'}]", "source A b: id"),
        ("sources: [{id: a, name: A, url: 'ftp://a.example'}]", "source a"),
        ("sources: [7]", "source number 1"),
        ("sources: [{id: a, name: A, url: 'https://a.example', feedz: []}]", "source number 1 has unknown feedz"),
        ("sources: [{id: a, name: A, url: 'https://u:p@a.example'}]", "source a: url.*user information"),
        (
            "sources: [{id: a, name: A, url: 'https://a.example', feeds: ['https://']}]",
            "source a: feeds.*without a host",
        ),
        ("sources: [{id: a, name: A, url: 'https://a.example', country: NO}]", "source a: country.*in quotes"),
        ("sources: [{id: a, name: A, url: 'https://a.example', country: Norway}]", "source a: country"),
        (
            "sources: [{id: a, name: A, url: 'https://a.example', language: Deutsch!}]",
            "source a: language.*no language",
        ),
        ("sources: [{id: a, name: A, url: 'https://a.example', include: [sport]}]", "source a: include.*fits no URL"),
        ("sources: [{id: a, name: A, url: 'https://a.example', exclude: 7}]", "source a: exclude"),
        ("sources: [{id: a, name: A, url: 'https://a.example', crawl_delay_s: 0}]", "source a: crawl_delay_s"),
        ("sources: [{id: a, name: A, url: 'https://a.example', crawl_delay_s: .inf}]", "source a: crawl_delay_s"),
        ("sources: [{id: a, name: A, url: 'https://a.example', tags: ['']}]", "source a: tags.0"),
        ("sources: " + "[" * 700, "is not YAML"),
    ],
)
def test_a_sources_file_that_does_not_fit_is_an_error_that_names_file_and_source(document, complaint):
    with pytest.raises(ConfigurationError, match=f"sources.yaml.*{complaint}"):
        parse_sources(document, "sources.yaml")


def test_an_id_given_twice_is_an_error():
    twice = DOCUMENT + DOCUMENT.replace("sources:", "").lstrip("\n")

    with pytest.raises(ConfigurationError, match="twice: example"):
        parse_sources(twice, "sources.yaml")


def test_a_sources_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigurationError, match="nowhere"):
        read_sources_file(tmp_path / "nowhere.yaml")


def test_a_sources_file_that_is_too_large_is_not_read(tmp_path):
    (tmp_path / "sources.yaml").write_bytes(b" " * (MAX_DOCUMENT_BYTES + 1))

    with pytest.raises(ConfigurationError, match="larger than"):
        read_sources_file(tmp_path / "sources.yaml")


def test_a_sources_file_in_another_encoding_is_named(tmp_path):
    (tmp_path / "sources.yaml").write_bytes(b"sources: [{name: M\xfcnchen}]")

    with pytest.raises(ConfigurationError, match="not in UTF-8"):
        read_sources_file(tmp_path / "sources.yaml")


def test_codes_have_one_spelling_and_a_door_is_named_once():
    source = Source(
        id="a", name="A", url="https://a.example", language="pt-BR", country="br",
        feeds=("https://A.example/rss", "https://a.example/rss#top"),
    )  # fmt: skip

    assert (source.language, source.country) == ("pt", "BR")
    assert source.feeds == ("https://a.example/rss",)


texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
doors = st.lists(st.sampled_from([f"https://a.example/{n}?x=%C3%A9" for n in range(9)]), max_size=4, unique=True)
some_source = st.builds(
    Source,
    id=st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True),
    name=texts,
    url=st.just("https://a.example/"),
    feeds=doors.map(tuple),
    listings=doors.map(tuple),
    include=st.lists(st.sampled_from(["/news/*", "*.html", "https://a.example/#*"]), max_size=3).map(tuple),
    crawl_delay_s=st.none() | st.floats(0.001, 3600),
    language=st.none() | st.sampled_from(["no", "en"]),
    country=st.none() | st.sampled_from(["NO", "GB"]),
    section=st.none() | texts,
    tags=st.lists(texts, max_size=4).map(tuple),
)


@given(st.lists(some_source, max_size=5, unique_by=lambda source: source.id))
def test_what_is_written_as_yaml_is_read_as_the_same_sources(sources):
    assert parse_sources(sources_yaml(sources), "export") == tuple(sources)


def a_site(url: str, **doors: tuple[str, ...]) -> SiteFound:
    """A site with doors by kind; those of kind `others` are feeds that were not chosen."""
    found = [
        FoundDoor.model_validate(
            {"kind": "feed" if kind == "others" else kind, "url": door, "articles": 1, "chosen": kind != "others"}
        )
        for kind, urls in doors.items()
        for door in urls
    ]
    return SiteFound(url=url, name="The Site", doors=tuple(found))


def a_source(source_id: str, url: str, **fields) -> Source:
    return Source.model_validate({"id": source_id, "name": "Known", "url": url, **fields})


def test_a_site_that_nobody_knew_becomes_a_source_with_the_doors_that_were_chosen():
    found = a_site("https://www.news.example/", feed=("https://www.news.example/rss",), others=("https://x.example/y",))

    source = source_for(found, ())

    assert (source.id, source.url) == ("news-example", "https://www.news.example/")
    assert source.feeds == ("https://www.news.example/rss",)


def test_a_site_is_known_by_a_door_that_it_shares_with_a_source():
    known = a_source("mine", "https://elsewhere.example/", feeds=("https://news.example/rss",))
    found = a_site("https://news.example/", feed=("https://news.example/rss", "https://news.example/world"))

    source = source_for(found, [a_source("other", "https://third.example/"), known])

    assert source.id == "mine"
    assert source.feeds == ("https://news.example/rss", "https://news.example/world")


@pytest.mark.parametrize("url", ["https://news.example/", "http://www.news.example"])
def test_a_site_is_known_by_its_front_page_in_any_spelling(url):
    known = a_source("mine", "https://www.news.example/", listings=("https://news.example/a/",))

    source = source_for(a_site(url, feed=("https://news.example/rss",)), [known])

    assert (source.id, source.listings, source.feeds) == ("mine", known.listings, ("https://news.example/rss",))


def test_a_feed_by_itself_is_no_reason_to_change_another_source_of_its_host():
    known = a_source("somebody", "https://platform.example/", feeds=("https://platform.example/a/rss",))

    source = source_for(a_site("https://platform.example/b/rss", feed=("https://platform.example/b/rss",)), [known])

    assert (source.id, source.url) == ("platform-example", "https://platform.example/")


def test_a_section_is_a_source_of_its_own():
    found = a_site("https://news.example/business", listing=("https://news.example/business",))

    source = source_for(found, [a_source("news-example", "https://news.example/")])

    assert (source.id, source.url) == ("news-example-business", "https://news.example/business")


@pytest.mark.parametrize(
    ("text", "source_id"),
    [("Die Größte Zeitung!", "die-grosste-zeitung"), ("新聞", "source"), ("News", "news-3"), ("a" * 99, "a" * 50)],
)
def test_an_id_is_made_of_a_name_and_is_free(text, source_id):
    assert free_id(text, {"news", "news-2"}) == source_id
