"""An index that is written in tiers, and read as the one it is."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import tantivy
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.article_store.tantivy import tiers
from shared.article_store.tantivy.tiers import FOLDER, TieredWriter

HEAP_BYTES = 15_000_000
KEYS = [str(number) for number in range(12)]
SMALL_TIERS = (("fresh", 0), ("middle", 2), ("sealed", 4))


def a_schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("text", stored=True)
    return builder.build()


def a_document(key: str, text: str = "") -> tantivy.Document:
    document = tantivy.Document()
    document.add_text("key", key)
    document.add_text("text", text)
    return document


def held(folder: Path) -> dict[str, str]:
    """The text under each key, as a process that only reads finds it."""
    searcher = tantivy.Index.open(str(folder)).searcher()
    found = searcher.search(tantivy.Query.all_query(), limit=10_000)
    documents = [searcher.doc(address) for _, address in found.hits]
    assert len(documents) == found.count == len({document.get_first("key") for document in documents})
    return {str(document.get_first("key")): str(document.get_first("text")) for document in documents}


def opened(folder: Path) -> TieredWriter:
    return TieredWriter(folder, lambda index: index, HEAP_BYTES)


def put(writer: TieredWriter, *keys: str, text: str = "") -> None:
    for key in keys:
        writer.delete_documents_by_term("key", key)
        writer.add_document(a_document(key, text))
    writer.commit()


def files(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir() if file.name[0] != "." and file.is_file()} - {"meta.json"}


def refuse(folder: Path, meta: object) -> None:
    raise OSError("the disk is full")


def sizes(folder: Path) -> dict[str, int]:
    listed = json.loads((folder / "meta.json").read_text())["segments"]
    return {segment["segment_id"]: segment["max_doc"] for segment in listed}


def segments(folder: Path) -> list[int]:
    return list(sizes(folder).values())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tantivy.Index(a_schema(), str(tmp_path))
    return tmp_path


@pytest.fixture
def writer(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TieredWriter]:
    """A writer that hands on what it has added from two documents on, and seals from four on."""
    monkeypatch.setattr(tiers, "TIERS", SMALL_TIERS)
    writer = opened(folder)
    yield writer
    writer.close()


def test_what_was_committed_is_seen_and_what_was_not_is_not(folder: Path, writer: TieredWriter):
    put(writer, "1", "2")
    writer.add_document(a_document("3"))
    writer.delete_documents_by_term("key", "1")

    assert held(folder) == {"1": "", "2": ""}
    writer.commit()
    assert held(folder) == {"2": "", "3": ""}


def test_what_is_sealed_is_replaced_and_deleted_like_what_is_fresh(folder: Path, writer: TieredWriter):
    put(writer, *"12345", text="sealed")
    put(writer, "6", text="fresh")

    put(writer, "1", "6", text="newer")
    writer.delete_documents_by_term("key", "2")
    writer.commit()

    assert held(folder) == {"1": "newer", "3": "sealed", "4": "sealed", "5": "sealed", "6": "newer"}


@settings(max_examples=25, deadline=None)
@given(
    changes=st.lists(
        st.lists(st.tuples(st.sampled_from(KEYS), st.none() | st.text("ab", max_size=2)), max_size=6), max_size=8
    ),
    reopened=st.sets(st.integers(0, 7)),
)
def test_it_holds_what_one_index_would_hold(tmp_path_factory: pytest.TempPathFactory, changes, reopened):
    folder = tmp_path_factory.mktemp("index")
    tantivy.Index(a_schema(), str(folder))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tiers, "TIERS", SMALL_TIERS)
        writer, expected = opened(folder), {}
        for number, commit in enumerate(changes):
            for key, text in commit:
                writer.delete_documents_by_term("key", key)
                expected.pop(key, None)
                if text is not None:
                    writer.add_document(a_document(key, text))
                    expected[key] = text
            writer.commit()
            assert held(folder) == expected
            if number in reopened:
                writer.close()
                writer = opened(folder)
        writer.close()
    assert held(folder) == expected


def test_documents_are_written_again_once_for_each_tier_however_many_commits_there_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tiers, "TIERS", (("fresh", 0), ("middle", 8), ("sealed", 64)))
    writer, written = opened(folder), {}
    for number in range(130):
        put(writer, str(number))
        written |= sizes(folder)
    writer.close()
    written |= sizes(folder)

    again = sum(size for size in written.values() if size > 1)

    # In one index it would be about 1,200: after each seventh commit all that is there.
    assert 130 < again <= 2 * 130
    assert len(segments(folder)) < 3 * 8


def test_a_commit_of_one_document_leaves_the_larger_segments_as_they_are(folder: Path, writer: TieredWriter):
    put(writer, *"12345", text="sealed")
    [sealed] = {name for name in files(folder) if name.endswith(".store")}
    for number in range(20, 50):
        put(writer, str(number % 3 + 20))

    assert sealed in files(folder)
    assert held(folder) == {**dict.fromkeys("12345", "sealed"), "20": "", "21": "", "22": ""}


def test_a_segment_that_deletions_have_made_small_is_not_lost(folder: Path, writer: TieredWriter):
    put(writer, "1", "2", "3", text="middle")
    writer.delete_documents_by_term("key", "1")
    writer.delete_documents_by_term("key", "2")
    writer.commit()

    put(writer, "4", "5")
    put(writer, *"6789")
    put(writer, "0")

    assert held(folder) == {"3": "middle", **dict.fromkeys("4567890", "")}


def test_a_writer_that_died_before_the_end_of_its_commit_has_committed_nothing(folder: Path):
    dead = opened(folder)
    put(dead, "1", "2", text="before")
    with pytest.MonkeyPatch.context() as patched, pytest.raises(OSError, match="full"):
        patched.setattr(tiers, "_replace", refuse)
        put(dead, "1", text="lost")
    del dead

    writer = opened(folder)
    put(writer, "3")
    writer.close()

    assert held(folder) == {"1": "before", "2": "before", "3": ""}


def test_an_index_that_was_written_without_tiers_is_taken_over(folder: Path):
    plain = tantivy.Index.open(str(folder)).writer(HEAP_BYTES, 1)
    for number in range(5):
        plain.add_document(a_document(str(number)))
        plain.commit()
    plain.delete_documents_by_term("key", "4")
    plain.commit()
    plain.wait_merging_threads()

    writer = opened(folder)
    put(writer, "0", text="newer")
    writer.close()

    assert held(folder) == {"0": "newer", "1": "", "2": "", "3": ""}


def test_the_tiers_may_be_lost(folder: Path):
    writer = opened(folder)
    put(writer, *"12345")
    writer.close()
    shutil.rmtree(folder / FOLDER)

    again = opened(folder)
    put(again, "1", text="newer")
    again.close()

    assert held(folder) == {"1": "newer", **dict.fromkeys("2345", "")}


def test_files_of_no_segment_are_removed_and_stay_readable_to_who_has_them_open(folder: Path):
    writer = opened(folder)
    put(writer, "1", text="old")
    before = tantivy.Index.open(str(folder)).searcher()
    old = files(folder)
    for number in range(12):
        put(writer, "1", text=str(number))
    writer.close()

    hits = before.search(tantivy.Query.all_query()).hits

    assert [before.doc(address).get_first("text") for _, address in hits] == ["old"]
    assert not old & files(folder)
    assert len({name.split(".")[0] for name in files(folder)}) == len(segments(folder))


def test_each_file_is_on_the_disk_once(folder: Path, writer: TieredWriter):
    put(writer, *"123456")
    put(writer, "7")

    links = {(folder / name).stat().st_nlink for name in files(folder)}

    assert links == {2}


@pytest.mark.parametrize(
    ("sizes", "merging"),
    [
        ([], False),
        ([1] * 7, False),
        ([1] * 8, True),
        ([16_000, *[10] * 7], True),
        ([17_000, *[10] * 7], False),
        ([17_000, *[10] * 8], True),
        ([130_000, *[17_000] * 7, *[2_000] * 7], False),
        ([130_000, *[17_000] * 8], True),
    ],
)
def test_a_merge_is_foreseen_as_tantivy_begins_it(sizes, merging):
    listed = [tiers._Segment(segment_id=str(n), max_doc=size, deletes=None) for n, size in enumerate(sizes)]

    assert tiers.is_merging(listed) is merging


@pytest.mark.parametrize(("commits", "left"), [(7, 7), (8, 1)])
def test_tantivy_merges_eight_segments_and_not_seven(folder: Path, commits, left):
    index = tantivy.Index.open(str(folder))
    writer = index.writer(HEAP_BYTES, 1)
    for number in range(commits):
        writer.add_document(a_document(str(number)))
        writer.commit()
    writer.wait_merging_threads()

    assert len(segments(folder)) == left


def test_no_hand_over_waits_for_a_merge_of_very_many(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tiers, "TIERS", SMALL_TIERS)
    monkeypatch.setattr(tiers, "_MOST_WAITING_DOCUMENTS", 5)
    monkeypatch.setattr(tiers, "is_merging", lambda segments: True)
    writer = opened(folder)

    put(writer, "1", "2", "3")
    assert segments(folder / FOLDER / "fresh") == [3]
    put(writer, "4", "5")
    assert segments(folder / FOLDER / "fresh") == []
    writer.close()


def test_a_folder_that_was_taken_away_is_not_made_again(folder: Path):
    folder.rename(folder.with_name("away"))

    with pytest.raises(OSError, match="No such file"):
        opened(folder)

    assert not folder.exists()
