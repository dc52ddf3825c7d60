"""Settings of the enrichment service."""

from pathlib import Path

from pydantic import Field

from shared.events.enrichment import Tier
from shared.settings import SECRET, WEB_ADDRESS, Settings


class EnrichmentSettings(Settings):
    """How articles are understood."""

    enrichment_tier: Tier = Field(
        default="fast", description="fast: rules and gazetteer alone; full: a statistical model for unknown names, too"
    )
    knowledge_file: Path | None = Field(
        default=None, description="YAML file of entities of your own; knowledge.yaml in the data folder unless named"
    )
    exchange_rates_file: Path | None = Field(
        default=None,
        description="CSV file of rates in place of the built-in yearly averages; columns year, currency, usd_per_unit",
    )


def own_entities_default(data_dir: Path) -> Path:
    """Where a user's own entities are kept unless a setting names another file."""
    return data_dir.expanduser() / "knowledge.yaml"


def own_entities_file(settings: EnrichmentSettings, data_dir: Path) -> Path | None:
    """The file of a user's own entities: the one that is named, else the one in the data folder, if there is one."""
    default = own_entities_default(data_dir)
    return settings.knowledge_file or (default if default.exists() else None)


class LlmSettings(Settings):
    """Which language model is asked besides; none unless a URL and a model are set."""

    llm_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        json_schema_extra=WEB_ADDRESS,
        description="base URL of an OpenAI-compatible endpoint, as http://127.0.0.1:8080/v1; any address will do",
    )
    llm_model: str | None = Field(default=None, max_length=100, description="the model's name there")
    llm_key: str | None = Field(
        default=None, description="sent as a bearer token, where the endpoint wants one", json_schema_extra=SECRET
    )
    llm_timeout_s: float = Field(
        default=20.0, gt=0, le=600, description="for one article, the wait for its turn included; then it goes without"
    )
    llm_article_characters: int = Field(
        default=12_000, gt=0, le=200_000, description="that the model sees of an article, in whole sentences"
    )
    llm_answer_tokens: int = Field(default=1_500, gt=0, description="that it may write about one article")
    llm_tokens_per_day: int = Field(
        default=1_000_000, gt=0, description="questions and answers of all workers; past it articles go without (UTC)"
    )
    llm_concurrency: int = Field(default=4, gt=0, description="questions under way at once, of one worker")
    llm_memory_answers: int = Field(default=10_000, gt=0, description="answers kept in the broker, about 2 KB each")
    llm_memory_days: float = Field(default=30.0, gt=0, description="an answer is kept since it was last used")
