"""Settings of the crawler."""

from pathlib import Path

from pydantic import Field, field_validator

from shared.settings import FORM, Settings


class CrawlerSettings(Settings):
    """How sites are visited; times in seconds."""

    contact: str | None = Field(
        default=None,
        pattern=r"^[\x21-\x7e]{3,200}$",
        json_schema_extra={FORM: "3 to 200 characters of ASCII without blanks"},
        description="address or URL that site owners read in the user agent; required for sites of others",
    )
    allow_loopback: bool = Field(
        default=False, description="let the crawler visit this machine, on any port; for the demo and for tests"
    )
    fetch_timeout_s: float = Field(default=30.0, gt=0, description="for one request, redirects included")
    max_page_bytes: int = Field(
        default=10_000_000, gt=0, description="of a body, compressed and not; the largest sitemap seen had 8 MB"
    )
    fetch_attempts: int = Field(
        default=5, gt=0, description="for a page that does not answer, over about 85 minutes, before it is dropped"
    )
    fetch_retry_s: float = Field(
        default=60.0, gt=0, description="wait before the second attempt; each further one takes four times as long"
    )
    crawl_concurrency: int = Field(default=16, gt=0, description="hosts visited at the same time")
    crawl_lease_s: float = Field(
        default=15.0, gt=0, description="how long a killed crawler keeps its hosts from others; renewed while it lives"
    )
    host_delay_s: float = Field(
        default=1.0, ge=0, description="between two requests to one host, unless it asks for more or answers slowly"
    )
    feed_interval_min_s: float = Field(default=300.0, gt=0, description="between two looks at a feed with much news")
    feed_interval_max_s: float = Field(default=21_600.0, gt=0, description="between two looks at a feed without news")
    new_articles_per_look: int = Field(
        default=1000, gt=0, description="taken from one look at a feed or sitemap; the next look takes the rest"
    )
    max_visits_per_host: int = Field(
        default=50_000,
        gt=0,
        description="that wait, due or not; at one page a second half a day of fetching. A door finds the rest later",
    )
    max_visits_per_source: int = Field(
        default=100_000,
        gt=0,
        description="that wait, on all its hosts together; `make bench-frontier` says what each takes of the broker",
    )
    article_revisits_s: tuple[float, ...] = Field(
        default=(3600.0, 21_600.0, 86_400.0, 604_800.0),
        description="ages at which an article is asked for corrections; most come within the first hours",
    )
    sources_refresh_s: float = Field(default=5.0, gt=0, description="until a source that was added is noticed")
    high_water_events: int = Field(
        default=5000, gt=0, description="crawled articles that enrichment may be behind before crawling pauses"
    )
    archive_dir: Path | None = Field(
        default=None,
        description="folder for WARC files with the page of every article as it was fetched; unset: none are kept, and "
        "the store is the only copy of a text",
    )
    archive_file_bytes: int = Field(
        default=1_000_000_000, gt=0, description="from which a new WARC file is begun; what archives recommend"
    )
    extraction_workers: int = Field(
        default=0, ge=0, description="processes that read pages; 0: one for each core but one, at least one"
    )
    extraction_time_limit_s: float = Field(default=20.0, gt=0, description="for one page; a usual one takes 0.02")
    extraction_memory_mb: int = Field(default=1024, gt=0, description="that one page may take")

    @field_validator("article_revisits_s", mode="after")
    @classmethod
    def _ascending(cls, ages: tuple[float, ...]) -> tuple[float, ...]:
        if list(ages) != sorted(ages) or any(age <= 0 for age in ages):
            raise ValueError("ages rise from above 0, as 3600,86400")
        return ages
