"""Which sources reported on a story: how often, how often in the words of another, and since when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.events.stories import StoryMember


@dataclass(frozen=True)
class Outlet:
    """A source within a story; articles counts its copies, too."""

    source_id: str
    name: str
    articles: int
    copies: int
    first_at: datetime


def outlets(members: Iterable[StoryMember]) -> tuple[Outlet, ...]:
    """The sources of a story's articles, whoever came first standing first."""
    grouped: dict[str, list[StoryMember]] = {}
    for member in sorted(members, key=lambda member: member.published_at):
        grouped.setdefault(member.source_id, []).append(member)
    return tuple(
        Outlet(
            source_id=source_id,
            name=own[0].site_name or source_id,
            articles=len(own),
            copies=sum(member.copy_of is not None for member in own),
            first_at=own[0].published_at,
        )
        for source_id, own in grouped.items()
    )
