"""The spans of the entries that a worker has in hand: one for each as long as it is handled, one for what it publishes.

While traces are off there are none, and what comes of an entry carries on with the entry's own trace, so that a service
without them does not break the trace between two that send them.
"""

from collections.abc import Iterable, Mapping, Sequence

from shared import tracing
from shared.bus.envelope import E, Entry, Readable, Unreadable
from shared.spans import Span, handed_on
from shared.topology import Stage, Stream


class EntrySpans:
    """Of one batch after the other."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._of: dict[str, Span] = {}
        self._publishing: list[Span] = []

    def begin(self, items: Sequence[Readable[E] | Unreadable]) -> Mapping[int, Span]:
        """Begin a span for each entry; what `tracing.carrying` takes, so that handlers find them by their events."""
        if not tracing.enabled():
            traced = (item for item in items if isinstance(item, Readable) and item.entry.traceparent)
            return {id(item.event): handed_on(item.entry.traceparent) for item in traced}
        self._of = {item.entry.id: self._span(item.entry) for item in items}
        return {id(item.event): self._of[item.entry.id] for item in items if isinstance(item, Readable)}

    def publishes(self, entry: Entry, stream: Stream) -> str:
        """Begin the span of publishing into `stream` what came of the entry; the traceparent of what is published."""
        handling = self._of.get(entry.id)
        if handling is None:
            return entry.traceparent
        span = handling.child(f"publish {stream.name}", {"messaging.destination.name": stream.name}, "producer")
        self._publishing.append(span)
        return span.traceparent

    def failed(self, entry: Entry, error: BaseException, ends: str) -> None:
        """Say that handling the entry failed, and what becomes of it."""
        if (span := self._of.get(entry.id)) is not None:
            span.note({"newsweir.outcome": ends})
            span.failed(error)

    def published(self) -> None:
        """End the spans of publishing."""
        _end(self._publishing)
        self._publishing = []

    def end(self) -> None:
        """End all spans of the batch."""
        self.published()
        _end(self._of.values())
        self._of = {}

    def _span(self, entry: Entry) -> Span:
        stage = self._stage
        attributes: dict[str, str | int] = {
            "messaging.system": "redis",
            "messaging.destination.name": stage.reads.name,
            "messaging.consumer.group.name": stage.group,
            "messaging.message.id": entry.id,
            "newsweir.attempt": entry.attempts + 1,
        }
        about = {"newsweir.article_id": entry.fields.get("article_id"), "newsweir.fetch_id": entry.fetch_id}
        attributes |= {name: value for name, value in about.items() if value}
        return tracing.span(f"process {stage.reads.name}", attributes, parent=entry.traceparent, kind="consumer")


def _end(spans: Iterable[Span]) -> None:
    for span in spans:
        span.end()
