import pytest

from services.cli.source_files import export_command, import_sources
from services.cli.with_broker import with_broker
from shared.errors import ConfigurationError
from shared.source_registry import SourceRegistry
from shared.sources import Source, parse_sources

FEED = '<outline text="Example" xmlUrl="https://example.org/rss" type="rss"/>'
OPML = f'<opml version="2.0"><body><outline text="Tech">{FEED}<outline text="B" xmlUrl="x:"/></outline></body></opml>'
A = Source(id="a", name="A", url="https://a.example/", feeds=("https://a.example/rss",), tags=("tech",))
B = Source(id="b", name="B", url="https://b.example/", sitemaps=("https://b.example/news.xml",), crawl_delay_s=5)


@pytest.fixture
def settings(valkey_url, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("REDIS_URL", valkey_url)
    monkeypatch.setenv("NEWSWEIR_KEY_PREFIX", f"test-{tmp_path.name}:")


async def test_a_file_of_outlines_is_imported_and_what_does_not_fit_is_named(connection, tmp_path, capsys):
    (tmp_path / "feeds.opml").write_text(OPML)

    status = await import_sources(connection, tmp_path / "feeds.opml")

    said = capsys.readouterr().err.splitlines()
    assert status == 1
    assert said[0].endswith("feeds.opml: 1 added, 0 updated, 0 unchanged")
    assert said[1].startswith("left out: B: only http and https")
    [source] = await SourceRegistry(connection).all()
    assert (source.id, source.tags) == ("example", ("Tech",))


async def test_importing_again_changes_nothing(connection, tmp_path, capsys):
    (tmp_path / "feeds.xml").write_text(OPML)
    await import_sources(connection, tmp_path / "feeds.xml")
    capsys.readouterr()

    await import_sources(connection, tmp_path / "feeds.xml")

    assert "0 added, 0 updated, 1 unchanged" in capsys.readouterr().err
    assert len(await SourceRegistry(connection).all()) == 1


async def test_what_could_not_be_used_is_not_listed_without_end(connection, tmp_path, capsys):
    broken = '<outline text="B" xmlUrl="x:"/>' * 50
    (tmp_path / "feeds.opml").write_text(f"<opml><body>{broken}</body></opml>")

    await import_sources(connection, tmp_path / "feeds.opml")

    assert capsys.readouterr().err.splitlines()[-1] == "left out: 40 more"


def test_what_is_exported_as_yaml_is_imported_as_the_same_sources(settings, tmp_path):
    with_broker("test", lambda connection: SourceRegistry(connection).put([A, B]))
    export_command("yaml", None, tmp_path / "sources.yaml")
    with_broker("test", lambda connection: SourceRegistry(connection).remove(["a", "b"]))

    assert with_broker("test", lambda connection: import_sources(connection, tmp_path / "sources.yaml")) == 0

    assert with_broker("test", lambda connection: SourceRegistry(connection).all()) == (A, B)


def test_an_export_may_be_of_one_tag_and_says_what_opml_cannot_hold(settings, capsysbinary):
    with_broker("test", lambda connection: SourceRegistry(connection).put([A, B]))

    export_command("opml", None, None)
    whole = capsysbinary.readouterr()
    export_command("opml", "tech", None)
    tagged = capsysbinary.readouterr()

    assert b"https://a.example/rss" in whole.out
    assert b"sitemaps and listings of 1 source are left out" in whole.err
    assert tagged.out == whole.out
    assert tagged.err == b""


def test_an_export_to_standard_output_is_the_document_and_nothing_else(settings, capsysbinary):
    export_command("yaml", None, None)

    said = capsysbinary.readouterr()
    assert said.out == b"sources: []\n"
    assert said.err == b""


def test_a_file_that_cannot_be_written_is_named(settings, tmp_path):
    with pytest.raises(ConfigurationError, match="cannot write"):
        export_command("yaml", None, tmp_path / "nowhere" / "sources.yaml")


@pytest.mark.parametrize(("name", "body"), [("a.yaml", b"sources: {}"), ("a.yaml", b"\xff"), ("a.opml", b"<rss/>")])
async def test_a_file_that_is_neither_is_named(connection, tmp_path, name, body):
    (tmp_path / name).write_bytes(body)

    with pytest.raises(ConfigurationError, match=name):
        await import_sources(connection, tmp_path / name)


def test_the_parts_of_an_export_are_all_sources_each_once(settings, tmp_path):
    with_broker("test", lambda connection: SourceRegistry(connection).put([A, B]))
    for number in (1, 2, 3):
        export_command("yaml", None, tmp_path / f"{number}.yaml", f"{number}/3")

    written = [s.id for n in (1, 2, 3) for s in parse_sources((tmp_path / f"{n}.yaml").read_text(), "test")]
    assert sorted(written) == ["a", "b"]
