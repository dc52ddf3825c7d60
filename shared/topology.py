"""The streams and the stages between them, each declared once; no stream is named anywhere else."""

from dataclasses import dataclass

from shared.events.alerts import AlertFired
from shared.events.articles import ArticleCrawled, ArticleEnriched, ArticleIndexed, ArticleWithdrawn
from shared.events.commands import CrawlerCommand, EnrichmentCommand
from shared.events.enrichment import Value
from shared.events.stories import StoryChanged


@dataclass(frozen=True)
class Stream:
    """A stream of one type of event.

    Attributes:
        max_entries: about how many entries are kept where nobody must have read them; None: until all groups have.
    """

    name: str
    event: type[Value]
    max_entries: int | None = None


@dataclass(frozen=True)
class Stage:
    """A consumer group that turns the events of one stream into events of others.

    Attributes:
        name: also the name of its consumer group.
        max_attempts: deliveries that may fail temporarily before the event is dead-lettered.
        visibility_s: how long an entry may be held without a sign of life before another worker takes it.
        batch_size: entries read at once.
    """

    name: str
    reads: Stream
    writes: tuple[Stream, ...]
    max_attempts: int = 5
    visibility_s: float = 30.0
    batch_size: int = 100

    @property
    def group(self) -> str:
        return self.name

    @property
    def retry_set(self) -> str:
        """The sorted set of entries that wait for their next attempt, by due time in ms."""
        return f"retry.{self.name}"

    @property
    def dead_letters(self) -> str:
        """The stream of events that this stage gave up."""
        return f"dead.{self.name}"


ARTICLES_CRAWLED = Stream("articles.crawled", ArticleCrawled)
ARTICLES_ENRICHED = Stream("articles.enriched", ArticleEnriched)
ARTICLES_INDEXED = Stream("articles.indexed", ArticleIndexed, max_entries=100_000)
ARTICLES_WITHDRAWN = Stream("articles.withdrawn", ArticleWithdrawn)
STORIES_CHANGED = Stream("stories.changed", StoryChanged)
# What other services ask of a crawler, or of enrichment; the answers stand under keys, see shared/commands.py.
COMMANDS_CRAWLER = Stream("commands.crawler", CrawlerCommand)
COMMANDS_ENRICHMENT = Stream("commands.enrichment", EnrichmentCommand)
# Notices of alerts, on their way to webhooks and mailboxes.
ALERTS_OUTBOX = Stream("alerts.outbox", AlertFired)
STREAMS = (
    ARTICLES_CRAWLED, ARTICLES_ENRICHED, ARTICLES_INDEXED, ARTICLES_WITHDRAWN, STORIES_CHANGED, COMMANDS_CRAWLER,
    COMMANDS_ENRICHMENT, ALERTS_OUTBOX,
)  # fmt: skip

# A batch of 20 articles is about half a second of enrichment: enough to pay for a round trip, little to do again.
ENRICHMENT = Stage("enrichment", ARTICLES_CRAWLED, (ARTICLES_ENRICHED, STORIES_CHANGED), batch_size=20)
# A commit of the store costs the same for one article as for a hundred.
INDEXING = Stage("indexing", ARTICLES_ENRICHED, (ARTICLES_INDEXED,), batch_size=100)
# Read by the indexing service too: every change of the store goes through it.
WITHDRAWAL = Stage("withdrawal", ARTICLES_WITHDRAWN, (), batch_size=100)
STORY_UPDATES = Stage("story-updates", STORIES_CHANGED, (), batch_size=100)
# A person waits: commands are handled side by side, answered whatever comes of them, and never tried again.
CRAWLING_COMMANDS = Stage("crawling-commands", COMMANDS_CRAWLER, (), max_attempts=1, batch_size=4)
ENRICHMENT_COMMANDS = Stage(
    "enrichment-commands", COMMANDS_ENRICHMENT, (STORIES_CHANGED,), max_attempts=1, batch_size=4
)
# Read by the search service, each event by one of its replicas.
ALERTS = Stage("alerts", ARTICLES_INDEXED, (), batch_size=100)
# A receiver that is away is tried for about two hours, each time after a longer wait.
ALERT_DELIVERY = Stage("alert-delivery", ALERTS_OUTBOX, (), max_attempts=20, batch_size=20)
# In these the events of fetches are under way; what comes after knows of ended ones only.
FETCH_STAGES = (ENRICHMENT, INDEXING, WITHDRAWAL, CRAWLING_COMMANDS)
STAGES = (*FETCH_STAGES, ENRICHMENT_COMMANDS, STORY_UPDATES, ALERTS, ALERT_DELIVERY)


def stages_reading(stream: Stream) -> tuple[Stage, ...]:
    """The stages whose groups must have read an entry before it may be trimmed."""
    return tuple(stage for stage in STAGES if stage.reads == stream)
