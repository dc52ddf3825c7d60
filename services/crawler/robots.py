"""What a site's robots.txt allows, after RFC 9309."""

import math
import re
from dataclasses import dataclass

from protego import Protego

MAX_BODY_BYTES = 500 * 1024  # RFC 9309, 2.5: a parser reads at least 500 KiB
FRESH_S = 24 * 3600  # RFC 9309, 2.4: cached for a day at most
FRESH_WHEN_UNREACHABLE_S = 600  # a site that is down forbids everything: ask again soon
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_AGENT_LINE = re.compile(r"^([ \t]*user[- ]?agent[ \t]*[: \t][ \t]*)([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
_PRODUCT_TOKEN = re.compile(r"[a-zA-Z_-]*")  # RFC 9309, 2.2.1: no other characters
# Protego lets a group for "news" speak to "newsweir"; the RFC wants the whole token. With an end mark on both sides,
# which no token can contain, only whole tokens are found in each other.
_END_MARK = "/"


@dataclass(frozen=True)
class Robots:
    """The rules of one host; made again from (status, body) wherever they are needed.

    Attributes:
        sitemaps: URLs as written, in the order of the file.
        fresh_for_s: seconds after the fetch during which these rules hold.
    """

    sitemaps: tuple[str, ...]
    fresh_for_s: int
    _rules: Protego | None

    def allows(self, url: str, product_token: str) -> bool:
        """Whether the crawler that calls itself `product_token` may fetch `url`."""
        return self._rules is not None and self._rules.can_fetch(url, product_token + _END_MARK)

    def crawl_delay_s(self, product_token: str) -> float | None:
        """Seconds that the site asks to leave between two requests, or None."""
        delay = self._rules.crawl_delay(product_token + _END_MARK) if self._rules else None
        return delay if delay is not None and math.isfinite(delay) and delay >= 0 else None


def parse(status: int | None, body: bytes) -> Robots:
    """The rules that follow from the answer to a request for /robots.txt, redirects followed.

    No answer (None), 5xx and 429 forbid everything: the rules exist but cannot be read now. Any other status than
    2xx means that there are no rules.
    """
    if status is None or status >= 500 or status == 429:
        return Robots(sitemaps=(), fresh_for_s=FRESH_WHEN_UNREACHABLE_S, _rules=None)
    text = _text(body) if 200 <= status < 300 else ""
    rules = Protego.parse(_AGENT_LINE.sub(_whole_token, text))
    return Robots(sitemaps=tuple(rules.sitemaps), fresh_for_s=FRESH_S, _rules=rules)


def _text(body: bytes) -> str:
    # Half a byte order mark is found too, before lines that are meant.
    return body[:MAX_BODY_BYTES].lstrip(_BYTE_ORDER_MARK).decode("utf-8", errors="replace")


def _whole_token(line: re.Match[str]) -> str:
    field, value = line.groups()
    if re.match(r"\*([\s#]|$)", value):
        return f"{field}*"
    token = _PRODUCT_TOKEN.match(value)
    return f"{field}{token[0]}{_END_MARK}" if token and token[0] else field
