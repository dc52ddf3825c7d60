"""Settings of the enrichment service."""

from pydantic import Field

from shared.events.enrichment import Tier
from shared.settings import Settings


class EnrichmentSettings(Settings):
    """How articles are understood."""

    enrichment_tier: Tier = Field(
        default="fast", description="fast: rules and gazetteer alone; full: a statistical model for unknown names, too"
    )
