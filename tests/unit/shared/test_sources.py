import pytest

from shared.errors import ConfigurationError
from shared.sources import Source, SourceHealth, SourceRegistry, parse_sources, read_sources_file

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
        ("sources: [{id: a, name: A, url: 'https://u:p@a.example'}]", "user information"),
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


async def test_the_registry_gives_back_what_was_put_and_replaces_by_id(connection):
    registry = SourceRegistry(connection)
    [source] = parse_sources(DOCUMENT, "sources.yaml")
    await registry.put([source, Source(id="another", name="Another", url="https://another.example")])

    renamed = source.model_copy(update={"name": "The New Example"})
    await registry.put([renamed])

    assert [item.id for item in await registry.all()] == ["another", "example"]
    assert await registry.get("example") == renamed
    assert await registry.get("nobody") is None


async def test_health_is_kept_apart_from_the_source(connection):
    registry = SourceRegistry(connection)
    health = SourceHealth(last_visit_ms=5, last_error="404")

    await registry.record_health("example", health)

    assert await registry.health("example") == health
    assert await registry.health("nobody") == SourceHealth()
    assert await registry.all_health() == {"example": health}
