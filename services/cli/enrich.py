"""`newsweir enrich`: articles as JSON lines in, what is understood of each out; no broker, no store."""

import datetime as dt
from collections.abc import Iterator

from pydantic import BaseModel, field_validator

from services.cli.json_lines import Line, name_of, open_input, parse_line, read_lines
from services.cli.output import say, write_json_line
from services.enrichment.article_text import ArticleText
from services.enrichment.enrich import Pipeline, open_pipeline
from services.enrichment.settings import EnrichmentSettings, own_entities_file
from shared.errors import InvalidInput
from shared.events.enrichment import Tier
from shared.settings import StoreSettings, TelemetrySettings, load
from shared.telemetry import configure_logging

_MAX_LINE_BYTES = 4_000_000


class ArticleLine(BaseModel):
    """A line of input; a time without a zone is UTC."""

    id: str | int
    title: str = ""
    text: str
    published_at: dt.datetime | None = None

    @field_validator("published_at")
    @classmethod
    def _zoned(cls, moment: dt.datetime | None) -> dt.datetime | None:
        return moment.replace(tzinfo=dt.UTC) if moment and moment.tzinfo is None else moment


def enrich_file(name: str, tier: Tier) -> int:
    """Enrich each line of a file ("-": standard input); the exit status, 1 where lines were bad.

    Raises:
        ConfigurationError: the file cannot be read, or the tier is not installed.
    """
    # What an enricher that fails says of it belongs beside the lines, not among them.
    configure_logging("enrich", load(TelemetrySettings))
    with open_input(name) as file:
        settings = load(EnrichmentSettings)
        own = own_entities_file(settings, load(StoreSettings).data_dir)
        pipeline = open_pipeline(tier, own, settings.exchange_rates_file)
        total = bad = 0
        for result in enrich_lines(read_lines(file, _MAX_LINE_BYTES), pipeline):
            write_json_line(result)
            total += 1
            bad += "error" in result
    if bad:
        say(f"newsweir: {bad} of {total} lines could not be enriched")
    return 1 if bad else 0


def enrich_lines(lines: Iterator[Line], pipeline: Pipeline) -> Iterator[dict[str, object]]:
    """For each line its id and every field of Enrichment, or its id and the error."""
    for line in lines:
        try:
            article = parse_line(line, ArticleLine, _MAX_LINE_BYTES)
        except InvalidInput as error:
            yield {"id": name_of(line, "id"), "error": str(error)}
        else:
            enrichment = pipeline.enrich(ArticleText(article.title, article.text, article.published_at))
            yield {"id": article.id, **enrichment.model_dump(mode="json")}
