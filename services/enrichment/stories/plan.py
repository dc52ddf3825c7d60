"""What is asked of the stories in the broker, what was found there, and what is to be changed on its ground."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pydantic_core import to_json

from services.enrichment.stories import story as stories
from services.enrichment.stories.fingerprint import Fingerprint
from services.enrichment.stories.story import Story
from services.enrichment.stories.subject import Subject

_BUCKETS = 1 << 14


@dataclass(frozen=True)
class Sought:
    """An article for which stories are looked for."""

    article_id: str
    prints: Fingerprint
    subject: Subject

    @cached_property
    def seek(self) -> dict[str, object]:
        """As the scripts take it."""
        return {"a": self.article_id, "b": _bands(self.prints), "f": [f"{key:04x}" for key in self.subject.keys]}


@dataclass(frozen=True)
class Found:
    """What was found for an article.

    Attributes:
        home: the story that it was assigned to before, or None.
        copy_of: its original as it was then, where it is not listed by its story.
        stamp: of all that was found.
        names: of the stories that may have it.
        as_of: the last version that was issued when it was found.
    """

    home: str | None
    copy_of: str | None
    stamp: str
    names: tuple[str, ...]
    as_of: str


@dataclass(frozen=True)
class Plan:
    """What is to be changed, and what it was decided on.

    Attributes:
        seeks: articles with the stamps of what was found for them.
        as_of: the last version that was issued when all of that was found; while it is the last, all is as it was.
        read: stories by name with the version that was read, 0 for one that must not be there.
        stories: as they are from now on; one without members that was merged into none is forgotten.
        homes: article_id → its story, and behind a bar its original; empty for one to forget.
        prints, subjects: what leads to a story from now on, with its name.
        counts: feature → articles that have it; "n" → articles.
        command_id: of the command that asked for it.
    """

    seeks: Sequence[tuple[Sought, str]] = ()
    as_of: str = ""
    read: Mapping[str, int] | None = None
    stories: Sequence[Story] = ()
    homes: Mapping[str, str] | None = None
    prints: Sequence[tuple[Fingerprint, str]] = ()
    subjects: Sequence[tuple[Subject, str]] = ()
    counts: Mapping[str, int] | None = None
    command_id: str = ""

    def asked_by(self, command_id: str) -> "Plan":
        """The same, asked for by a command."""
        return replace(self, command_id=command_id)

    def as_json(self) -> str:
        plan = {
            "seeks": [sought.seek for sought, _ in self.seeks],
            "stamps": [stamp for _, stamp in self.seeks],
            "as_of": self.as_of,
            "read": {name: str(version) for name, version in (self.read or {}).items()},
            "stories": [
                {"name": one.story_id, "into": one.merged_into or ""}
                | ({"kept": stories.encode(one)} if one.members or one.merged_into else {})
                for one in self.stories
            ],
            "homes": self.homes or {},
            "bands": [part for prints, name in self.prints for band in _pairs(prints) for part in (*band, name)],
            "about": [part for subject, name in self.subjects for key in subject.keys for part in (f"{key:04x}", name)],
            "counts": self.counts or {},
            "command": self.command_id,
        }
        return to_json(plan).decode()


def home_of(story: Story, article_id: str, copy_of: str | None) -> str:
    """What is kept under an article's id: its story, and its original where the story does not list the article."""
    is_told = copy_of is None or copy_of == article_id or article_id in story.ids
    return story.story_id if is_told else f"{story.story_id}|{copy_of}"


def _pairs(prints: Fingerprint) -> list[tuple[str, str]]:
    return [(f"{band % _BUCKETS:x}", f"{band // _BUCKETS:x}") for band in prints.bands]


def _bands(prints: Fingerprint) -> list[str]:
    return [part for pair in _pairs(prints) for part in pair]
