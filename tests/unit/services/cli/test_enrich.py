import io
import json
import subprocess
import sys

import pytest

from services.cli.enrich import enrich_lines
from services.cli.json_lines import read_lines
from shared.events.enrichment import Enrichment
from tests.pipelines import fast_pipeline


def enrich(*lines: str | bytes) -> list[dict[str, object]]:
    content = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return list(enrich_lines(read_lines(io.BytesIO(content), 1_000), fast_pipeline()))


def test_each_line_is_answered_with_its_id_and_every_field_of_enrichment():
    (result,) = enrich('{"id":"a","title":"Acme","text":"The company paid $3 million.","published_at":"2026-03-02"}')

    assert result["id"] == "a"
    assert set(result) == {"id", *Enrichment.model_fields}
    assert result["tier"] == "fast"
    json.dumps(result)


@pytest.mark.slow
def test_a_number_as_id_stays_a_number():
    (result,) = enrich('{"id":7,"title":"","text":""}')

    assert result["id"] == 7


@pytest.mark.slow
def test_a_bad_line_is_answered_with_its_fault_and_the_next_is_enriched():
    results = enrich(
        "nonsense", '{"id":"a"}', b"\xff", '{"id":"b","text":"x","published_at":"soon"}', '{"id":"c","text":"x"}'
    )

    assert [(result["id"], "error" in result) for result in results] == [
        (None, True), ("a", True), (None, True), ("b", True), ("c", False)
    ]  # fmt: skip
    assert results[1]["error"] == "line 2: text: Field required"


@pytest.mark.slow
def test_what_is_logged_meanwhile_does_not_stand_among_the_lines():
    code = (
        "import structlog; from services.cli.enrich import enrich_file; enrich_file('-', 'fast'); "
        "structlog.get_logger().warning('enricher failed')"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], input='{"id": 1, "text": "x"}\n', capture_output=True, text=True
    )

    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [1]
    assert "enricher failed" in done.stderr
