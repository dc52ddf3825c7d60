"""What a handler may say of one event; failures are raised, or said of one item of a batch by Failed."""

from dataclasses import dataclass

from shared.events.enrichment import Value


@dataclass(frozen=True)
class Publish:
    """The event became another; `disposition` is set where the article's fetch ends here.

    Attributes:
        also: further events that follow from it; they leave together with `event`, in order, or not at all.
    """

    event: Value
    disposition: str | None = None
    also: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Done:
    """The event is dealt with and nothing follows; `disposition` is set where its fetch ends here."""

    disposition: str | None = None


@dataclass(frozen=True)
class Drop:
    """The article is left out on purpose; the reason is a few words in lower case, and ends its fetch."""

    reason: str


@dataclass(frozen=True)
class Failed:
    """This item failed while others of its batch did not."""

    error: Exception


Outcome = Publish | Done | Drop | Failed
