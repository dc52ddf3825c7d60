import json

import pytest

from services.cli.export import export, open_output
from services.cli.search import understand
from shared.article_store.opening import open_reader, open_writer
from shared.clock import SystemClock
from shared.errors import ConfigurationError
from shared.settings import StoreSettings
from tests.builders import a_stored_article


@pytest.fixture
async def store(tmp_path):
    settings = StoreSettings(data_dir=tmp_path)
    writer = await open_writer(settings, SystemClock())
    await writer.put(
        [
            *(a_stored_article(number, text=f"A battery plant, number {number}.") for number in range(1, 31)),
            a_stored_article(31, text="Shipping."),
            a_stored_article(32, text="Secret battery. " * 100, rights=("noarchive",)),
        ]
    )
    await writer.close()
    return settings


async def test_the_export_is_as_long_as_the_total_of_the_search(store, tmp_path, capsys):
    output = tmp_path / "out.jsonl"
    query = understand("battery", [])
    reader = await open_reader(store)
    total = (await reader.search(query)).total.value
    await reader.close()

    await export(query, store, "jsonl", output)

    assert len(output.read_text().splitlines()) == total == 31
    assert "31 articles exported" in capsys.readouterr().err


async def test_an_article_that_forbids_copies_leaves_as_a_snippet(store, tmp_path):
    output = tmp_path / "out.jsonl"

    await export(understand("secret", []), store, "jsonl", output)

    (article,) = map(json.loads, output.read_text().splitlines())
    assert len(article["text"]) <= 301
    assert article["text_truncated"]


def test_a_file_below_a_file_is_refused_in_words(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError, match="cannot write"), open_output(tmp_path / "file" / "out.csv"):
        pass


def test_a_file_has_its_name_only_when_it_is_whole(tmp_path):
    seen: list[str] = []

    with open_output(tmp_path / "out.csv") as out:
        out.write(b"half")
        seen += [path.name for path in tmp_path.iterdir()]

    assert seen == ["out.csv.part"]
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_nothing_is_left_of_an_export_that_failed(tmp_path):
    with pytest.raises(RuntimeError), open_output(tmp_path / "out.csv"):
        raise RuntimeError

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with (
        pytest.raises(ConfigurationError, match=r"cannot write .*nowhere"),
        open_output(tmp_path / "nowhere" / "out.csv"),
    ):
        pass
