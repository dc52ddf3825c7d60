"""The vector of a text, as it travels in an event and is kept with its article."""

import base64
import math
from array import array
from collections.abc import Sequence
from operator import mul

from pydantic import BaseModel, ConfigDict, Field

# So many numbers a vector may have: a store has a field for each length.
DIMENSIONS = (256, 384, 512, 768, 1024, 1536, 2048, 3072)
_LARGEST = 127


class Embedding(BaseModel):
    """A vector whose direction says what a text is about; only vectors of one model can be compared.

    Its numbers are kept as whole ones from -127 to 127, the largest at the bound: that changes a cosine by less than
    what two models of the same kind differ in, and takes a byte of each.

    Attributes:
        model: the name of the model, with its version where it has one.
        values: the numbers in base64, a signed byte each.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    model: str = Field(min_length=1, max_length=100)
    values: str = Field(max_length=2 * max(DIMENSIONS))

    @classmethod
    def of(cls, model: str, numbers: Sequence[float]) -> "Embedding":
        """The vector of these numbers, of whatever length they make.

        Raises:
            ValueError: another count of numbers than one of DIMENSIONS, or a number that is none.
        """
        if len(numbers) not in DIMENSIONS:
            raise ValueError(f"a vector of {len(numbers)} numbers: {', '.join(map(str, DIMENSIONS))} are kept")
        largest = max(abs(number) for number in numbers)
        if not math.isfinite(sum(numbers)) or largest == 0:
            raise ValueError("a vector without a direction")
        whole = array("b", (round(number / largest * _LARGEST) for number in numbers))
        return cls(model=model, values=base64.b64encode(whole.tobytes()).decode())

    @property
    def numbers(self) -> "array[int]":
        """The whole numbers."""
        return array("b", base64.b64decode(self.values))


def cosine(one: Embedding, other: Embedding) -> float:
    """How alike two directions are, -1 to 1; 0 for vectors of different models."""
    left, right = one.numbers, other.numbers
    if one.model != other.model or len(left) != len(right):
        return 0.0
    return _product(left, right) / math.sqrt(_product(left, left) * _product(right, right))


def _product(left: "array[int]", right: "array[int]") -> int:
    return sum(map(mul, left, right))
