import random

import pytest

pytest.importorskip("numpy")

from shared.article_store.tantivy.vectors import VectorReader, VectorWriter
from shared.events.embedding import Embedding, cosine


def an_id(number: int) -> str:
    return f"{number:016x}" + "ab" * 24


def a_vector(seed: int, model: str = "small") -> Embedding:
    rng = random.Random(seed)
    return Embedding.of(model, [rng.gauss(0, 1) for _ in range(256)])


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "vectors"


def nearest(folder, vector, least=-1.0):
    return list(VectorReader(folder).nearest(vector, least))


def test_a_file_that_is_not_there_holds_nothing(folder):
    assert nearest(folder, a_vector(1)) == []
    assert VectorReader(folder).among([an_id(1)], a_vector(1), -1) == []


def test_all_rows_come_by_falling_cosine(folder):
    vectors = {an_id(n): a_vector(n) for n in range(200)}
    VectorWriter(folder).replace(vectors)

    found = nearest(folder, a_vector(999))

    assert [i for i, _ in found] == sorted(vectors, key=lambda i: -cosine(vectors[i], a_vector(999)))
    assert found[0][1] == pytest.approx(cosine(vectors[found[0][0]], a_vector(999)), abs=1e-5)


def test_equal_rows_come_by_their_ids(folder):
    VectorWriter(folder).replace({an_id(n): a_vector(7) for n in (3, 1, 2)})

    assert [i for i, _ in nearest(folder, a_vector(7))] == [an_id(1), an_id(2), an_id(3)]


def test_an_article_has_one_row_whatever_is_written_of_it_how_often(folder):
    writer = VectorWriter(folder)
    for seed in (1, 2, 2, 3):
        writer.replace({an_id(1): a_vector(seed)})

    assert nearest(folder, a_vector(3)) == [(an_id(1), pytest.approx(1.0))]


def test_what_is_taken_out_leaves_nothing_in_the_file(folder):
    writer = VectorWriter(folder)
    writer.replace({an_id(1): a_vector(1)})

    writer.replace({an_id(1): None})

    assert nearest(folder, a_vector(1)) == []
    [path] = folder.iterdir()
    assert set(path.read_bytes()) == {0}


def test_an_article_moves_with_its_vector_to_another_model(folder):
    writer = VectorWriter(folder)
    writer.replace({an_id(1): a_vector(1)})
    writer.replace({an_id(1): a_vector(1, "other")})

    assert nearest(folder, a_vector(1)) == []
    assert [i for i, _ in nearest(folder, a_vector(1, "other"))] == [an_id(1)]


def test_a_row_that_a_killed_writer_left_half_does_not_shift_those_that_follow(folder):
    VectorWriter(folder).replace({an_id(1): a_vector(1)})
    [path] = folder.iterdir()
    with path.open("ab") as file:
        file.write(b"half a row")

    before = nearest(folder, a_vector(1))
    VectorWriter(folder).replace({an_id(2): a_vector(2)})

    assert [i for i, _ in before] == [an_id(1)]
    assert [i for i, _ in nearest(folder, a_vector(2))] == [an_id(2), an_id(1)]


def test_of_some_articles_only_those_are_compared(folder):
    VectorWriter(folder).replace({an_id(n): a_vector(n) for n in range(10)})

    found = VectorReader(folder).among([an_id(3), an_id(5), an_id(77)], a_vector(5), -1)

    assert [i for i, _ in found] == [an_id(5), an_id(3)]
