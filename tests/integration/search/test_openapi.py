"""What the OpenAPI document promises, asked of the service: no server error, and answers of the shape that it says."""

import asyncio
import uuid
from contextlib import nullcontext, suppress

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.article_store.opening import open_writer
from shared.clock import SystemClock
from shared.settings import StoreSettings
from tests.builders import a_story_changed
from tests.integration.search.deals import deals
from tests.integration.search.newsroom import articles
from tests.integration.search.serving import served

PATHS = [
    "/v1/articles",
    "/v1/articles/search",
    "/v1/articles/{article_id}",
    "/v1/articles/{article_id}/revisions",
    "/v1/articles/{article_id}/similar",
    "/v1/entities/{entity_id}",
    "/v1/entities/{entity_id}/graph",
    "/v1/export",
    "/v1/facets",
    "/v1/facets/{name}",
    "/v1/live",
    "/v1/quotes",
    "/v1/relations",
    "/v1/sources",
    "/v1/sources/{source_id}",
    "/v1/stories",
    "/v1/stories/{story_id}",
    "/v1/suggest",
    "/v1/timeline",
]
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]


@pytest.fixture(scope="module")
def promised(tmp_path_factory, valkey_url):
    """The OpenAPI document of a service over the articles of the search tests."""
    folder = tmp_path_factory.mktemp("openapi")
    asyncio.run(_fill(folder))
    with served(folder, valkey_url, f"test-{uuid.uuid4().hex}:") as address:
        yield schemathesis.openapi.from_url(f"{address}/openapi.json")


async def _fill(folder):
    writer = await open_writer(StoreSettings(data_dir=folder), SystemClock())
    await writer.put([*articles(), *deals()])
    await writer.change_stories([a_story_changed(1, 2)])
    await writer.close()


# To bend all parameters of a search takes seconds, however few examples are asked for.
@pytest.mark.parametrize("bent", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("path", PATHS)
def test_every_operation_keeps_what_the_document_promises(promised, path, bent):
    examples = 100 if bent else 2
    for method in promised[path]:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)[: 1 + bent]:
            # Where any text may stand, and nothing else is asked, nothing is wrong.
            with suppress(Unsatisfiable) if mode is GenerationMode.NEGATIVE else nullcontext():
                _keeps_its_promise(promised[path][method], mode, examples)


def test_so_does_whatever_else_it_describes(promised):
    further = {result.ok().path for result in promised.get_all_operations()} - set(PATHS)

    for path in sorted(further):
        for method in promised[path]:
            _keeps_its_promise(promised[path][method], GenerationMode.POSITIVE, examples=6)


def test_every_path_of_the_table_is_described(promised):
    assert set(PATHS) <= {result.ok().path for result in promised.get_all_operations()}


def _keeps_its_promise(operation, mode, examples):
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    def asked(case):
        case.call_and_validate(checks=CHECKS)

    asked()
