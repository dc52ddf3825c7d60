"""What a site's robots.txt allows, after RFC 9309 and Google's reading of what the RFC leaves open."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urlsplit

from services.crawler.freshness import max_age_s

MAX_BODY_BYTES = 500 * 1024  # RFC 9309, 2.5: a parser reads at least 500 KiB
FRESH_S = 24 * 3600  # RFC 9309, 2.4: cached for a day at most
# A site may ask for less by Cache-Control, but not to be asked before every page.
SHORTEST_FRESH_S = 3600
FRESH_WHEN_UNREACHABLE_S = 600  # a site that is down forbids everything: ask again soon
_EVERYBODY = "*"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PRODUCT_TOKEN = re.compile(r"[a-zA-Z_-]*")  # RFC 9309, 2.2.1: no other characters
_FIELDS = {
    "user-agent": "user-agent", "useragent": "user-agent", "user agent": "user-agent",
    # The misspellings that Google's parser accepts.
    "disallow": "disallow", "dissallow": "disallow", "dissalow": "disallow", "disalow": "disallow",
    "diasllow": "disallow", "disallaw": "disallow",
    "allow": "allow", "crawl-delay": "crawl-delay", "sitemap": "sitemap", "site-map": "sitemap",
    "content-signal": "content-signal", "content-usage": "content-signal",
}  # fmt: skip
# Protocols for preferences of use: contentsignals.org, and the vocabulary of the IETF's AI preferences (Content-Usage).
_NO_TRAINING = re.compile(r"(?:^|[\s,;])(?:ai-train|train-ai)\s*=\s*(?:no|n)(?=$|[\s,;])", re.IGNORECASE)
_ESCAPED = re.compile(r"%[0-9a-fA-F]{2}")
_SAFE = "!#$%&'()*+,/:;=?@[]~\"<>\\^`{|}"


@dataclass(frozen=True)
class Pattern:
    """Of paths: the texts between the asterisks, and whether the last one stands at the end."""

    pieces: tuple[str, ...]
    anchored: bool

    def matches(self, path: str) -> bool:
        """Whether a path starts as the pattern says; in one pass, however many asterisks there are."""
        first, *pieces = self.pieces
        if not path.startswith(first):
            return False
        if not pieces:
            return len(path) == len(first) or not self.anchored
        at = len(first)
        last = pieces.pop() if self.anchored else ""
        for piece in pieces:
            # The leftmost place leaves the most for what follows.
            found = path.find(piece, at)
            if found < 0:
                return False
            at = found + len(piece)
        return len(path) - at >= len(last) and path.endswith(last)

    def decoded(self) -> "Pattern":
        """The same without percent-encoding."""
        return Pattern(tuple(unquote(piece) for piece in self.pieces), self.anchored)


@dataclass(frozen=True)
class Rule:
    """One line Allow or Disallow.

    Attributes:
        patterns: of paths as they are written.
        decoded: of paths without percent-encoding.
        length: of what was written; the longest rule that matches wins.
    """

    allow: bool
    patterns: tuple[Pattern, ...]
    decoded: tuple[Pattern, ...]
    length: int

    def matches(self, path: str, decoded_path: str) -> bool:
        return any(pattern.matches(path) for pattern in self.patterns) or any(
            pattern.matches(decoded_path) for pattern in self.decoded
        )


@dataclass
class _Group:
    """What is said to the product tokens that are named above it; the rule that decides first comes first."""

    rules: list[Rule] = field(default_factory=list)
    crawl_delay_s: float | None = None
    no_training: bool = False

    def decisive(self, path: str, decoded_path: str) -> tuple[int, bool]:
        found = (rule for rule in self.rules if rule.matches(path, decoded_path))
        return next(((rule.length, rule.allow) for rule in found), (0, True))


@dataclass(frozen=True)
class Robots:
    """The rules of one host; made again from (status, body) wherever they are needed.

    Attributes:
        sitemaps: URLs as written, in the order of the file.
        readable: whether the rules are known; without them everything is forbidden for the time being.
    """

    sitemaps: tuple[str, ...]
    readable: bool
    _groups: dict[str, list[_Group]]

    def allows(self, url: str, product_token: str) -> bool:
        """Whether the crawler that calls itself `product_token` may fetch `url`, whose path is percent-encoded.

        The longest rule wins, Allow before Disallow of the same length.
        """
        path = _path(url)
        decoded_path = unquote(path)
        decisive = (group.decisive(path, decoded_path) for group in self._for(product_token))
        return self.readable and max(decisive, default=(0, True))[1]

    def names(self, product_token: str) -> bool:
        """Whether a group speaks to this product token itself."""
        return product_token.lower() in self._groups

    def refuses_training(self, product_token: str) -> bool:
        """Whether a Content-Signal or Content-Usage in the crawler's group keeps the site from AI training."""
        return any(group.no_training for group in self._for(product_token))

    def crawl_delay_s(self, product_token: str) -> float | None:
        """Seconds that the site asks to leave between two requests, or None."""
        said = (group.crawl_delay_s for group in self._for(product_token))
        return max((delay_s for delay_s in said if delay_s is not None), default=None)

    def _for(self, product_token: str) -> list[_Group]:
        return self._groups.get(product_token.lower()) or self._groups.get(_EVERYBODY) or []


def unreachable(status: int | None) -> bool:
    """Whether an answer means that there are rules which cannot be read now: no answer (None), 5xx and 429.

    The RFC counts 429 among the answers that mean "no rules" (2.3.1.3). It says that there was too much asked already,
    so we do as Google does and take it for a failure.
    """
    return status is None or status >= 500 or status == 429


def parse(status: int | None, body: bytes) -> Robots:
    """The rules that follow from the answer to a request for /robots.txt, redirects followed.

    An answer that is `unreachable` forbids everything; any other status than 2xx means that there are no rules.
    """
    if unreachable(status):
        return Robots(sitemaps=(), readable=False, _groups={})
    groups: dict[str, list[_Group]] = {}
    sitemaps: list[str] = []
    group, naming = _Group(), False
    for name, value in _lines(body if status is not None and 200 <= status < 300 else b""):
        if name == "sitemap":
            sitemaps.append(value)
        elif name == "user-agent":
            group, naming = (group if naming else _Group()), True
            named = groups.setdefault(_token(value), [])
            if not named or named[-1] is not group:
                named.append(group)
        else:
            # Only rules end the naming of a group, no other record may (RFC 9309, 2.2.4).
            naming = naming and name not in ("allow", "disallow")
            _add(group, name, value)
    for group in {id(group): group for named in groups.values() for group in named}.values():
        group.rules.sort(key=lambda rule: (rule.length, rule.allow), reverse=True)
    return Robots(sitemaps=tuple(sitemaps), readable=True, _groups=groups)


def fresh_for_s(status: int | None, cache_control: str | None, retry_after_s: float | None) -> int:
    """Seconds for which an answer to /robots.txt holds.

    A day, or what Cache-Control says between an hour and a day; ten minutes where it cannot be read, or as long as the
    site asks for, up to a day.
    """
    if unreachable(status):
        return round(min(max(FRESH_WHEN_UNREACHABLE_S, retry_after_s or 0.0), FRESH_S))
    said_s = max_age_s(cache_control)
    return FRESH_S if said_s is None else min(max(said_s, SHORTEST_FRESH_S), FRESH_S)


def readable_part(body: bytes) -> bytes:
    """As much of the file as is read: whole lines within MAX_BODY_BYTES; half a rule may mean another one."""
    if len(body) <= MAX_BODY_BYTES:
        return body
    end = max(body.rfind(b"\n", 0, MAX_BODY_BYTES), body.rfind(b"\r", 0, MAX_BODY_BYTES))
    return body[: end + 1]


def _lines(body: bytes) -> Iterator[tuple[str, str]]:
    """Field and value of each record that is known."""
    # Half a byte order mark is found too, before lines that are meant.
    text = readable_part(body).lstrip(_BYTE_ORDER_MARK).decode("utf-8", errors="replace")
    for line in re.split(r"[\r\n]+", text):
        name, colon, value = line.partition("#")[0].replace("\0", "").partition(":")
        words = name.split()
        if not colon and len(words) == 2:
            # The colon is sometimes forgotten; then nothing but the field and one word may stand on the line.
            words, value = words[:1], words[1]
        if known := _FIELDS.get(" ".join(words).lower()):
            yield known, value.strip(" \t")


def _token(value: str) -> str:
    if re.match(r"\*(\s|$)", value):
        return _EVERYBODY
    token = _PRODUCT_TOKEN.match(value)
    return token[0].lower() if token else ""


def _add(group: _Group, name: str, value: str) -> None:
    if name in ("allow", "disallow") and value:
        group.rules.append(_rule(name == "allow", value))
    elif name == "crawl-delay":
        delay_s = _duration_s(value)
        group.crawl_delay_s = delay_s if group.crawl_delay_s is None else group.crawl_delay_s
    elif name == "content-signal":
        group.no_training = group.no_training or bool(_NO_TRAINING.search(value))


def _rule(allow: bool, value: str) -> Rule:
    written = _escaped(value)
    pattern = _pattern(written)
    if not allow:
        # The RFC compares percent-encoded characters decoded (2.2.2), Google as they are written: what either forbids
        # is forbidden, and only what both allow is allowed.
        return Rule(False, (pattern,), (pattern.decoded(),), len(written))
    # Who allows the index page allows the folder that shows it.
    folder, slash, page = written.rpartition("/")
    also = (_pattern(f"{folder}/$"),) if slash and page.startswith("index.htm") else ()
    return Rule(True, (pattern, *also), (), len(written))


def _pattern(written: str) -> Pattern:
    return Pattern(tuple(written.removesuffix("$").split("*")), written.endswith("$"))


def _duration_s(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _escaped(text: str) -> str:
    """Every character outside ASCII percent-encoded, and the escapes in upper case."""
    return _ESCAPED.sub(lambda found: found[0].upper(), quote(text, safe=_SAFE))


def _path(url: str) -> str:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _ESCAPED.sub(lambda found: found[0].upper(), path)
