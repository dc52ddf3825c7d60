import re

import pytest

from services.enrichment.enrichers.relation_reading.reading import relations_in
from services.enrichment.enrichers.relation_reading.sentence import Party

_MARKED = re.compile(r"\[(?:(\w+):)?([^\]]+)\]")


def parties_of(marked: str) -> tuple[str, list[Party]]:
    """The text and the parties of a sentence in which they stand in brackets, people as [person:Ada]."""
    text, parties, position = "", [], 0
    for match in _MARKED.finditer(marked):
        text += marked[position : match.start()]
        start = len(text)
        text += match[2]
        parties.append(Party(match[2], match[1] or "organization", start, len(text)))
        position = match.end()
    return text + marked[position:], parties


@pytest.fixture
def said():
    """The relations of a marked sentence, each as "subject type object"."""

    def said(marked: str) -> list[str]:
        return [f"{found.subject} {found.type} {found.object}" for found in relations_in(*parties_of(marked))]

    return said


@pytest.fixture
def told():
    """The one relation of a marked sentence."""

    def told(marked: str):
        (found,) = relations_in(*parties_of(marked))
        return found

    return told
