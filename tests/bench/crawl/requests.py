"""What a site's own log says of its visitors: how fast they were, and whether they were polite."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

# Clocks of two requests, and the moment between an answer and its line in the log.
_TOLERANCE_S = 0.01


@dataclass(frozen=True)
class Request:
    """One request, as the site saw it; times in seconds."""

    host: str
    path: str
    began_s: float
    ended_s: float

    @property
    def is_page(self) -> bool:
        return self.path.startswith("/news/")


def read_log(path: Path) -> list[Request]:
    """All requests, in the order of their answers."""
    return [Request(**json.loads(line)) for line in path.read_text().splitlines()]


def impolite(requests: Sequence[Request], delay_s: float) -> list[str]:
    """Every breach in words: two requests at one host at once, or the second too soon after the first."""
    breaches = []
    by_host: dict[str, list[Request]] = {}
    for request in requests:
        by_host.setdefault(request.host, []).append(request)
    for host, of_host in by_host.items():
        for early, late in pairwise(sorted(of_host, key=lambda request: request.began_s)):
            gap_s = late.began_s - early.ended_s
            if gap_s < delay_s - _TOLERANCE_S:
                breaches.append(f"{host}: {late.path} {gap_s:.3f} s after {early.path}")
    return breaches


def pages_per_s(requests: Sequence[Request]) -> float:
    """From the first page's request to the last page's answer, so that nobody's start counts."""
    pages = [request for request in requests if request.is_page]
    return len(pages) / (max(page.ended_s for page in pages) - min(page.began_s for page in pages))
