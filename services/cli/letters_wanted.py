"""Which dead letters a command line means: names and options as they were typed → a filter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.cli.ages import parse_age
from shared.bus.dead_letters import LetterFilter
from shared.errors import InvalidInput
from shared.topology import STAGES

_NAME = re.compile(r"([a-z][a-z-]*)/\d{1,19}-\d{1,19}")


@dataclass(frozen=True)
class Wanted:
    """Which letters are meant, as it was typed; ages as 90s, 15m, 2h or 3d."""

    names: tuple[str, ...] = ()
    stage: str | None = None
    error: str | None = None
    url: str | None = None
    older_than: str | None = None
    newer_than: str | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything was said at all."""
        return any((self.names, self.stage, self.error, self.url, self.older_than, self.newer_than))

    def as_filter(self, now_ms: int) -> LetterFilter:
        """What is meant at this time; raises InvalidInput for what is no stage, name or age."""
        stages = [stage.name for stage in STAGES]
        if self.stage and self.stage not in stages:
            raise InvalidInput(f"--stage: no stage is called {self.stage!r}: {', '.join(stages)}")
        for name in self.names:
            _check_name(name, stages)
        return LetterFilter(
            names=frozenset(self.names),
            stage=self.stage or None,
            error=self.error or None,
            url=self.url or None,
            failed_before_ms=now_ms - parse_age("--older-than", self.older_than) if self.older_than else None,
            failed_since_ms=now_ms - parse_age("--newer-than", self.newer_than) if self.newer_than else None,
        )


def _check_name(name: str, stages: Sequence[str]) -> None:
    match = _NAME.fullmatch(name)
    if not match or match[1] not in stages:
        raise InvalidInput(
            f"{name!r} is no letter's name: `newsweir dead-letters list` shows them, as enrichment/1764-0"
        )
