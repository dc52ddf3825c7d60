"""Whether a page may be fetched now, later or never, and how long its host is left alone afterwards; decides only."""

from dataclasses import dataclass

from services.crawler.robots import Robots

# Said where no contact is set: neither visits nor discovery go to sites of others then.
NO_CONTACT = (
    "belongs to others, who must know whom to ask about the crawler: set NEWSWEIR_CONTACT to your mail address or to a "
    "page about you"
)
# The name that robots.txt calls us by.
PRODUCT_TOKEN = "newsweir"  # noqa: S105 (a name, no secret)
# A site that asks for an hour between two requests would never be read; a minute keeps to what it means.
_LONGEST_CRAWL_DELAY_S = 60.0
_LONGEST_SLOWNESS_S = 10.0


@dataclass(frozen=True)
class HostRobots:
    """What is known of a host's robots.txt.

    Attributes:
        failure: why it could not be read, which forbids everything for the time being; "" where it could.
    """

    robots: Robots
    fresh_until_ms: int
    failure: str = ""


@dataclass(frozen=True)
class Go:
    """The page may be fetched now."""


@dataclass(frozen=True)
class AskRobots:
    """The host's robots.txt must be read first."""


@dataclass(frozen=True)
class WaitUntil:
    """Nothing may be fetched from the host before then, for this reason."""

    at_ms: int
    reason: str


@dataclass(frozen=True)
class Refuse:
    """The page may not be fetched, for this reason."""

    reason: str


Verdict = Go | AskRobots | WaitUntil | Refuse


def verdict(url: str, known: HostRobots | None, now_ms: int) -> Verdict:
    """Whether `url` may be fetched from its host, whose turn it is."""
    if known is None or known.fresh_until_ms <= now_ms:
        return AskRobots()
    if known.failure:
        return WaitUntil(known.fresh_until_ms, known.failure)
    return Go() if known.robots.allows(url, PRODUCT_TOKEN) else Refuse("robots")


def delay_s(host_delay_s: float, crawl_delay_s: float | None, response_s: float) -> float:
    """Seconds until the host is asked again: our own delay, what it asks for, or as long as it took to answer."""
    return max(host_delay_s, min(crawl_delay_s or 0.0, _LONGEST_CRAWL_DELAY_S), min(response_s, _LONGEST_SLOWNESS_S))
