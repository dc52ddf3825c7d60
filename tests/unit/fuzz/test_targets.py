import pytest
from hypothesis import HealthCheck, given, settings

from services.search.parameters.articles import parse
from services.search.query_language.reading import read
from tests.builders import NOON
from tests.fuzz import documents
from tests.fuzz.mutations import MAX_BYTES, bent
from tests.fuzz.targets import TARGETS

_FEWER = settings(deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", TARGETS)
def test_documents_as_sites_write_them_are_read(name):
    for document in TARGETS[name].everything():
        TARGETS[name].check(document)


def test_the_questions_that_are_bent_are_understood_as_they_stand():
    assert [read(question.decode(), NOON) for question in documents.QUERIES]
    assert [parse(question.decode(), NOON) for question in documents.QUERY_STRINGS]


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_is_sent_is_read_or_refused_and_what_was_read_can_be_sent_on(name):
    target = TARGETS[name]

    @_FEWER
    @given(bent(target.documents))
    def holds(document):
        assert len(document) <= MAX_BYTES
        target.check(document)

    holds()
