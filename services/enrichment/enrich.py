"""From an article to everything understood of it: the enrichers in order; one that fails is named and counted."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from services.enrichment.article_text import ArticleText
from services.enrichment.enrichers.entities import entities
from services.enrichment.enrichers.events import events
from services.enrichment.enrichers.keyphrases import keyphrases
from services.enrichment.enrichers.language import language
from services.enrichment.enrichers.money import money
from services.enrichment.enrichers.quotes import quotes
from services.enrichment.enrichers.reading_time import reading_time_s
from services.enrichment.enrichers.relations import relations
from services.enrichment.enrichers.sentiment import sentiment
from services.enrichment.enrichers.summary import summary, summary_confidence, summary_origin
from services.enrichment.enrichers.topics import topics
from services.enrichment.knowledge_base.knowledge import Knowledge, open_knowledge
from shared.events.enrichment import Enrichment, Language, Tier
from shared.metrics import ENRICHER_FAILURES

ENRICHMENT_VERSION = 2

_log = structlog.get_logger()
_LOGGED_TITLE = 100

# An enricher sees the article, what the enrichers before it have found, and what is known beforehand.
Enricher = Callable[[ArticleText, Enrichment, Knowledge], object]

ENRICHERS: tuple[tuple[str, Enricher], ...] = (
    ("language", language),
    ("entities", entities),
    ("money", money),
    ("relations", relations),
    ("quotes", quotes),
    ("topics", topics),
    ("events", events),
    ("keyphrases", keyphrases),
    ("sentiment", sentiment),
    ("summary", summary),
    ("summary_origin", summary_origin),
    ("summary_confidence", summary_confidence),
    ("reading_time_s", reading_time_s),
)


@dataclass(frozen=True)
class Pipeline:
    """The enrichers with all they look things up in; serves any number of articles, one at a time."""

    tier: Tier
    knowledge: Knowledge
    enrichers: tuple[tuple[str, Enricher], ...] = ENRICHERS

    def enrich(self, article: ArticleText) -> Enrichment:
        """Everything that is understood of an article; never raises for what an article contains."""
        found = Enrichment(
            language=Language(code="und", confidence=0.0), tier=self.tier, enrichment_version=ENRICHMENT_VERSION
        )
        failed: list[str] = []
        for section, enricher in self.enrichers:
            try:
                value: Any = enricher(article, found, self.knowledge)
            except Exception:  # whatever one enricher stumbles over, the other sections are worth having
                failed.append(section)
                ENRICHER_FAILURES.labels(section).inc()
                _log.exception("enricher failed", section=section, title=article.title[:_LOGGED_TITLE])
            else:
                # What is empty is so already: most articles have a section or two without anything.
                found = found.model_copy(update={section: value}) if value else found
        return found.model_copy(update={"failed": tuple(failed)}) if failed else found


def open_pipeline(
    tier: Tier = "fast", own_entities: Path | None = None, exchange_rates: Path | None = None
) -> Pipeline:
    """Load what the tier needs, and a user's entities and exchange rates, once per process.

    Raises:
        ConfigurationError: the tier is "full" and its model is not installed, or a data file is missing or broken.
    """
    knowledge = open_knowledge(with_model=tier == "full", own=own_entities, exchange_rates=exchange_rates)
    return Pipeline(tier, knowledge)
