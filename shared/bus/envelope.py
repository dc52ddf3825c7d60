"""Event ⇄ fields of a stream entry; an entry that cannot be read becomes a value, not a failed batch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from shared.errors import InvalidInput, LimitExceeded
from shared.events.alerts import AlertFired
from shared.events.articles import ArticleCrawled, ArticleEnriched, ArticleIndexed, ArticleWithdrawn
from shared.events.enrichment import Value
from shared.events.stories import StoryChanged

E = TypeVar("E", bound=Value)

# A stream keeps its memory: an article of 200,000 characters fits, with what was understood of it.
MAX_PAYLOAD_BYTES = 4_000_000
ATTEMPTS = "attempts"
# The trace that an entry belongs to. Beside the payload: programs that do not know it pass it over, retries, dead
# letters and replays keep it with the other fields, and an entry without it is read all the same.
TRACEPARENT = "traceparent"


class EntryId(NamedTuple):
    """What the id of an entry says: the broker's time in ms at which it came into its stream, and its place within it.

    Two of one stream compare as their entries follow each other; their texts do not.
    """

    ms: int
    place: int

    @classmethod
    def of(cls, text: str) -> "EntryId":
        """The id that the broker writes ``ms-place``; a place that is not said is 0."""
        ms, _, place = text.partition("-")
        return cls(int(ms), int(place or 0))


@dataclass(frozen=True)
class Entry:
    """An entry of a stream as it was read: its id and its fields."""

    id: str
    fields: Mapping[str, str]

    @property
    def attempts(self) -> int:
        """How often handling it failed before."""
        value = self.fields.get(ATTEMPTS, "0")
        # Longer ones no program of ours wrote, and Python refuses to read those of thousands of digits.
        return int(value) if value.isdecimal() and len(value) < 10 else 0

    @property
    def fetch_id(self) -> str:
        """The fetch that it belongs to, readable even where the payload is not; empty for none."""
        return self.fields.get("fetch_id", "")

    @property
    def about(self) -> dict[str, str]:
        """What log lines that concern it name: the article and its URL, as far as it says them."""
        return {name: self.fields[name] for name in ("article_id", "url") if name in self.fields}

    @property
    def traceparent(self) -> str:
        """The span that published it; empty for none."""
        return self.fields.get(TRACEPARENT, "")


@dataclass(frozen=True)
class Readable(Generic[E]):
    """An entry and the event in it."""

    entry: Entry
    event: E


@dataclass(frozen=True)
class Unreadable:
    """An entry whose payload is no event of the stream's type, and why."""

    entry: Entry
    error: InvalidInput


def encode(event: Value, traceparent: str = "") -> dict[str, str]:
    """The fields of the entry that carries the event: its type, its JSON, who and what it is about, and its trace.

    Raises:
        LimitExceeded: the JSON is larger than MAX_PAYLOAD_BYTES.
    """
    payload = event.model_dump_json()
    if len(payload.encode()) > MAX_PAYLOAD_BYTES:
        raise LimitExceeded(f"{type(event).__name__} of more than {MAX_PAYLOAD_BYTES} bytes")
    traced = {TRACEPARENT: traceparent} if traceparent else {}
    return {"type": type(event).__name__, "payload": payload, **_labels(event), **traced}


def decode(entry: Entry, event_type: type[E]) -> "Readable[E] | Unreadable":
    """The event of an entry; never raises."""
    name = entry.fields.get("type")
    if name != event_type.__name__:
        return Unreadable(entry, InvalidInput(f"entry {entry.id} carries {name!r}, not {event_type.__name__}"))
    try:
        return Readable(entry, event_type.model_validate_json(entry.fields.get("payload", "")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "payload"
        return Unreadable(entry, InvalidInput(f"entry {entry.id}: {place}: {first['msg']}"))


def _labels(event: Value) -> dict[str, str]:
    # Beside the payload, so that the ledger and the dead letters can name what they cannot parse.
    if isinstance(event, ArticleEnriched):
        return _labels(event.article)
    if isinstance(event, ArticleCrawled):
        return {"fetch_id": event.fetch_id, "article_id": event.article_id, "url": event.url}
    if isinstance(event, ArticleIndexed):
        return {"fetch_id": event.fetch_id, "article_id": event.article_id}
    if isinstance(event, AlertFired):
        # A digest is about several.
        only = event.articles[0] if len(event.articles) == 1 else None
        return {"article_id": only.article_id, "url": only.url} if only else {}
    if isinstance(event, ArticleWithdrawn):
        return {"article_id": event.article_id}
    if isinstance(event, StoryChanged):
        return {"story_id": event.story_id, "article_id": event.original}
    return {}
