import pytest

from services.enrichment.knowledge_base.knowledge import Knowledge
from shared.events.enrichment import Enrichment, Language
from tests.pipelines import fast_pipeline


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return fast_pipeline().knowledge


@pytest.fixture
def found_in():
    """What the enrichers before have found: only the language matters."""

    def found(language: str) -> Enrichment:
        return Enrichment(language=Language(code=language, confidence=1.0), enrichment_version=1)

    return found
