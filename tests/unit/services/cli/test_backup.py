"""The data folder, copied and put back: whole or not at all."""

import fcntl
import json
from pathlib import Path

import pytest

from services.cli.backup import (
    MANIFEST,
    Manifest,
    back_up,
    backup_command,
    damage,
    read_manifest,
    refuse_unfinished,
    restore,
    restore_command,
)
from services.cli.data_folder import HeldFolder, try_to_hold
from services.cli.embedded_valkey import broker
from shared.article_store.fact_query import FactQuery
from shared.article_store.opening import open_reader, open_writer
from shared.clock import SystemClock
from shared.errors import ConfigurationError, InvalidInput
from shared.redis_client import open_connection
from shared.settings import BusSettings, StoreSettings
from tests.builders import a_quote, a_stored_article, an_enrichment


@pytest.fixture
def held(tmp_path):
    """A data folder with a few files of each kind, held."""
    data = tmp_path / "data"
    for name in (
        "valkey/appendonly.aof",
        "articles/CURRENT",
        "logs/run.log",
        "articles/writer.lock",
        "articles/tiers/1.idx",
    ):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).write_bytes(name.encode())
    with try_to_hold(data) as folder:
        assert folder is not None
        yield folder


@pytest.fixture
def empty(tmp_path):
    with try_to_hold(tmp_path / "empty") as folder:
        assert folder is not None
        yield folder


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


async def test_articles_facts_and_what_the_broker_knew_come_back(tmp_path):
    clock, data, other = SystemClock(), tmp_path / "a", tmp_path / "b"
    writer = await open_writer(StoreSettings(data_dir=data), clock)
    article = a_stored_article(1, an_enrichment(quotes=(a_quote(),)))
    await writer.put([article])
    await writer.close()
    async with broker(data, BusSettings(), "newsweir test", clock) as url:
        connection = open_connection(BusSettings(redis_url=url))
        await connection.client.set("known", "yes")
        await connection.close()

    with try_to_hold(data) as held:
        backup_command(held, tmp_path / "backup", clock, dry_run=False)
    with try_to_hold(other) as held:
        restore_command(tmp_path / "backup", held, dry_run=False)

    reader = await open_reader(StoreSettings(data_dir=other), clock)
    assert await reader.get(article.article_id) == article
    assert (await reader.facts(FactQuery())).total.value == 1
    await reader.close()
    async with broker(other, BusSettings(), "newsweir test", clock) as url:
        connection = open_connection(BusSettings(redis_url=url))
        assert await connection.client.get("known") == "yes"
        await connection.close()


def test_logs_and_what_belongs_to_a_process_stay_behind(held: HeldFolder, tmp_path, clock):
    back_up(held, tmp_path / "backup", clock)

    assert sorted(files(tmp_path / "backup")) == ["articles/CURRENT", MANIFEST, "valkey/appendonly.aof"]


def test_nothing_is_overwritten(held: HeldFolder, tmp_path, clock):
    back_up(held, tmp_path / "backup", clock)

    with pytest.raises(InvalidInput, match="there already"):
        back_up(held, tmp_path / "backup", clock)
    with pytest.raises(InvalidInput, match="not empty"):
        restore(tmp_path / "backup", read_manifest(tmp_path / "backup"), held)
    with pytest.raises(InvalidInput, match="lies in the data folder"):
        back_up(held, held.path / "backup", clock)


def test_a_dry_run_writes_nothing(held: HeldFolder, empty: HeldFolder, tmp_path, clock, capsys):
    backup_command(held, tmp_path / "backup", clock, dry_run=True)
    assert not (tmp_path / "backup").exists()

    back_up(held, tmp_path / "backup", clock)
    restore_command(tmp_path / "backup", empty, dry_run=True)

    assert "whole; nothing was restored" in capsys.readouterr().err
    assert set(files(empty.path)) == {"newsweir.lock"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(b"x"), "1 bytes instead of"),
        (lambda path: path.write_bytes(path.read_bytes().upper()), "another content"),
    ],
)
def test_a_damaged_backup_is_named_and_not_restored(held, empty, tmp_path, clock, capsys, change, said):
    back_up(held, tmp_path / "backup", clock)
    change(tmp_path / "backup" / "valkey" / "appendonly.aof")

    with pytest.raises(InvalidInput, match="damaged"):
        restore_command(tmp_path / "backup", empty, dry_run=False)

    assert "valkey/appendonly.aof" in (err := capsys.readouterr().err)
    assert said in " ".join(err.split())
    assert set(files(empty.path)) == {"newsweir.lock"}


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "a/../../b", ""])
def test_a_manifest_that_leads_out_of_the_folder_is_refused(held, tmp_path, clock, path):
    back_up(held, tmp_path / "backup", clock)
    manifest = json.loads((tmp_path / "backup" / MANIFEST).read_text())
    manifest["files"][0]["path"] = path
    (tmp_path / "backup" / MANIFEST).write_text(json.dumps(manifest))

    with pytest.raises(InvalidInput, match="cannot be read"):
        read_manifest(tmp_path / "backup")


def test_a_backup_that_was_broken_off_is_none_and_may_be_made_again(held, tmp_path, clock):
    (tmp_path / "backup.partial").mkdir()
    (tmp_path / "backup.partial" / "half").touch()

    with pytest.raises(InvalidInput, match="no backup"):
        read_manifest(tmp_path / "backup.partial")
    back_up(held, tmp_path / "backup", clock)

    assert damage(tmp_path / "backup", read_manifest(tmp_path / "backup")) == []
    assert not (tmp_path / "backup.partial").exists()


def test_a_restore_that_was_broken_off_is_told_and_may_be_repeated(held, empty, tmp_path, clock):
    manifest = back_up(held, tmp_path / "backup", clock)
    lost = manifest.model_copy(update={"files": (*manifest.files, manifest.files[0].model_copy(update={"path": "no"}))})
    with pytest.raises(ConfigurationError, match="restore again"):
        restore(tmp_path / "backup", lost, empty)

    with pytest.raises(ConfigurationError, match="broken off"):
        refuse_unfinished(empty.path)
    restore(tmp_path / "backup", manifest, empty)

    refuse_unfinished(empty.path)
    assert files(empty.path)["valkey/appendonly.aof"] == b"valkey/appendonly.aof"


def test_a_backup_of_a_later_format_is_refused(tmp_path, clock):
    manifest = Manifest(format=2, made_at="2026-03-02T12:00:00Z", files=())
    (tmp_path / MANIFEST).write_text(manifest.model_dump_json())

    with pytest.raises(InvalidInput, match="format 2"):
        read_manifest(tmp_path)


def test_a_store_that_is_being_written_is_not_copied(held, tmp_path, clock):
    with (held.path / "articles" / "writer.lock").open("rb") as writer:
        fcntl.flock(writer, fcntl.LOCK_EX)

        with pytest.raises(ConfigurationError, match="stop it first"):
            backup_command(held, tmp_path / "backup", clock, dry_run=False)
