"""Every error that Newsweir raises on purpose, as one tree.

    NewsweirError
    ├── ConfigurationError          a setting, a file or an argument is wrong: fix it and start again
    ├── PermanentFailure            the world would have to be another for this item to succeed
    │   ├── InvalidInput            bytes that do not parse, or an event that does not validate
    │   │   └── InvalidCursor       where a page ended, of another question or of none
    │   ├── AddressRefused          an address, scheme or port that may not be contacted
    │   ├── LimitExceeded           larger, deeper or longer than the stated bound
    │   └── Expired                 what was kept for a while is not kept any more: start again
    ├── TemporaryFailure            the world may change: try again later
    │   └── FetchFailed             no complete answer from a web server
    └── DependencyUnavailable       the broker or the store is away: wait, and count no attempt

Messages are lower case, carry identifiers and say what to do next where there is something to do.
"""


class NewsweirError(Exception):
    """The root of the tree."""


class ConfigurationError(NewsweirError):
    """A setting, a file or an argument is wrong; the message names it and the remedy."""


class PermanentFailure(NewsweirError):
    """Trying again cannot help: the item is dead-lettered."""


class InvalidInput(PermanentFailure):
    """Bytes that do not parse, or an event that does not validate."""


class InvalidCursor(InvalidInput):
    """Where a page ended, of another question or of none."""


class AddressRefused(PermanentFailure):
    """An address, a scheme or a port that may not be contacted."""


class LimitExceeded(PermanentFailure):
    """Larger, deeper or longer than the stated bound."""


class Expired(PermanentFailure):
    """What was kept for a while is not kept any more; who asked starts again."""


class TemporaryFailure(NewsweirError):
    """Trying again later may help: the item is retried with backoff.

    Attributes:
        retry_after_s: seconds to wait at least, where the other side said so.
    """

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class FetchFailed(TemporaryFailure):
    """No complete answer came from a web server."""


class DependencyUnavailable(NewsweirError):
    """The broker or the store is away; the caller waits and the stream holds the backlog."""
