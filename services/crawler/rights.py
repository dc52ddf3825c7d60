"""What a site reserves beside what it allows: no index, no archive, no training of models, no text and data mining."""

from collections.abc import Iterable, Iterator, Sequence

from services.crawler.politeness import PRODUCT_TOKEN
from services.crawler.robots import Robots
from shared.events.articles import Right

# Crawlers and tokens whose operators say that they collect what models are trained on (platform.openai.com/docs/bots,
# commoncrawl.org/ccbot, developers.google.com/crawling, support.apple.com/119829, support.claude.com, and the like).
# Not those that answer a reader's question or build a search index: who shuts these out says nothing about training.
TRAINING_TOKENS = (
    "GPTBot", "CCBot", "Google-Extended", "Applebot-Extended", "ClaudeBot", "anthropic-ai", "Bytespider",
    "meta-externalagent", "FacebookBot", "Amazonbot", "cohere-training-data-crawler", "cohere-ai", "PanguBot",
    "Webzio-Extended", "omgili", "omgilibot",
)  # fmt: skip
# What a page or its answer says to be left out.
NOINDEX = frozenset({"noindex", "none"})
_RIGHTS: dict[str, Right] = {"noarchive": "noarchive", "nocache": "noarchive", "noai": "no-ai-training"}
# Rules that are followed by a colon, as names of crawlers are.
_WITH_VALUE = frozenset({"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"})
_MAX_PARTS = 200
_ORDER: tuple[Right, ...] = ("noarchive", "no-ai-training", "tdm-reserved")


def directives(x_robots_tags: Iterable[str]) -> frozenset[str]:
    """The rules of all headers X-Robots-Tag that are said to everybody or to us, in lower case.

    Within one header a name and a colon (``otherbot: noindex, noarchive``) hold for the rest of it.
    """
    return frozenset(rule for header in x_robots_tags for rule in _said_to_us(header))


def forbids_indexing(x_robots_tags: Iterable[str]) -> bool:
    """Whether headers X-Robots-Tag say noindex, to everybody or to us."""
    return not NOINDEX.isdisjoint(directives(x_robots_tags))


def of_headers(x_robots_tags: Iterable[str], tdm_reservation: str | None) -> frozenset[Right]:
    """What the headers of a page reserve.

    Args:
        tdm_reservation: the header of W3C's TDM Reservation Protocol; "1" reserves.
    """
    return of_rules(directives(x_robots_tags), tdm_reservation)


def of_rules(rules: Iterable[str], tdm_reservation: str | None) -> frozenset[Right]:
    """What rules in lower case reserve, whether headers or the page says them; the rest as in `of_headers`."""
    rights = {_RIGHTS[rule] for rule in rules if rule in _RIGHTS}
    return frozenset(rights | {"tdm-reserved"} if (tdm_reservation or "").strip() == "1" else rights)


def of_robots(robots: Robots, url: str) -> frozenset[Right]:
    """What a site's robots.txt reserves for the page at `url`.

    A site refuses training where a group of its own keeps a crawler that collects for it from the page, or where the
    group that speaks to us says so by Content-Signal or Content-Usage. A rule for all crawlers says nothing of it.
    """
    shut_out = any(robots.names(token) and not robots.allows(url, token) for token in TRAINING_TOKENS)
    refuses = shut_out or robots.refuses_training(PRODUCT_TOKEN)
    return frozenset({"no-ai-training"} if refuses else ())


def together(*said: Iterable[Right]) -> tuple[Right, ...]:
    """All rights that anything reserves, each once, in one order."""
    return named(right for rights in said for right in rights)


def named(names: Iterable[str]) -> tuple[Right, ...]:
    """The rights with these names, each once, in one order; what is none is left out."""
    wanted = frozenset(names)
    return tuple(right for right in _ORDER if right in wanted)


def _said_to_us(header: str) -> Iterator[str]:
    agent = ""
    parts: Sequence[str] = header.lower().split(",", _MAX_PARTS)
    for part in parts:
        name, colon, rule = part.partition(":")
        if colon and name.strip() not in _WITH_VALUE:
            agent, part = name.strip(), rule
        if agent in ("", PRODUCT_TOKEN):
            yield part.strip()
