import math
import random

import pytest

from shared.events.embedding import Embedding, cosine


def exact_cosine(one, other):
    product = sum(a * b for a, b in zip(one, other, strict=True))
    return product / math.hypot(*one) / math.hypot(*other)


@pytest.mark.parametrize("seed", range(20))
def test_a_cosine_of_what_is_kept_is_that_of_the_numbers_within_a_hundredth(seed):
    rng = random.Random(seed)
    one = [rng.gauss(0, 1) for _ in range(384)]
    other = [number + rng.gauss(0, seed / 10) for number in one]

    kept = cosine(Embedding.of("m", one), Embedding.of("m", other))

    assert kept == pytest.approx(exact_cosine(one, other), abs=0.01)


def test_a_vector_is_kept_whole():
    vector = Embedding.of("m", [0.5, -1.0, 0.0, *[0.25] * 253])

    assert list(vector.numbers[:4]) == [64, -127, 0, 32]
    assert Embedding.model_validate_json(vector.model_dump_json()) == vector


def test_vectors_of_different_models_or_lengths_have_nothing_in_common():
    vector = Embedding.of("m", [1.0] * 256)

    assert cosine(vector, Embedding.of("other", [1.0] * 256)) == 0
    assert cosine(vector, Embedding.of("m", [1.0] * 384)) == 0


@pytest.mark.parametrize("numbers", [[1.0] * 300, [], [0.0] * 256, [math.nan, *[1.0] * 255], [math.inf, *[1.0] * 255]])
def test_what_has_no_direction_or_another_length_is_no_vector(numbers):
    with pytest.raises(ValueError, match="a vector"):
        Embedding.of("m", numbers)
