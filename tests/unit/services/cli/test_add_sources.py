import pytest

from services.cli.add_sources import add_command, add_sources
from shared.errors import ConfigurationError
from shared.sources import Source, SourceRegistry


async def test_a_source_that_is_known_is_updated(connection, capsys):
    before = Source(id="example", name="Before", url="https://example.org/")
    after = Source(id="example", name="After", url="https://example.org/", feeds=("https://example.org/rss",))

    await add_sources(connection, (before,))
    await add_sources(connection, (after,))

    assert await SourceRegistry(connection).all() == (after,)
    assert capsys.readouterr().err.splitlines() == [
        "example: Before (no feed, sitemap or listing: nothing will be found)",
        "example: After (feed https://example.org/rss)",
    ]


def test_a_file_that_does_not_fit_is_refused_before_a_broker_is_asked(tmp_path):
    (tmp_path / "sources.yaml").write_text("sites: []\n")

    with pytest.raises(ConfigurationError, match="has no list called sources"):
        add_command([], tmp_path / "sources.yaml")


def test_an_address_that_leads_nowhere_is_said_and_the_others_are_added(valkey_url, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("REDIS_URL", valkey_url)
    monkeypatch.setenv("NEWSWEIR_KEY_PREFIX", f"test-{tmp_path.name}:")
    (tmp_path / "sources.yaml").write_text("sources:\n- {id: a, name: A, url: 'https://a.example/'}\n")

    status = add_command(["http://127.0.0.1:8080/", "gopher://b.example/"], tmp_path / "sources.yaml")

    said = capsys.readouterr().err.splitlines()
    assert status == 1
    assert said[0].startswith("a: A")
    assert "loopback" in said[1]
    assert "only http and https" in said[2]
