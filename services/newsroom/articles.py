"""The stories of the newsroom as they are written: Markdown files with YAML front matter, read and checked."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from shared.errors import ConfigurationError

ARTICLES_DIR = Path(__file__).with_name("articles")

Behaviour = Literal[
    "ordinary",
    "slow",  # the page arrives over three seconds
    "broken-at-first",  # two times 500, then well
    "busy-at-first",  # once 503 with Retry-After, then well
    "missing",  # 404, though the feed links to it
    "gone",  # 410
    "consent-wall",  # 200, with nothing but a dialog
]
DatePlace = Literal["json-ld", "meta", "time", "feed"]

_BEFORE_DAYS = re.compile(r"-(\d{1,3})d ([01]\d|2[0-3]):([0-5]\d)")
_OFFSET = re.compile(r"([+-])(\d{1,4})([smh])")
_SECONDS = {"s": 1, "m": 60, "h": 3600}
_DAY_MS = 86_400_000


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Correction(_Written):
    """What the editors put right once the page has been read: `wrong` becomes `right`, and a note says so."""

    wrong: str
    right: str
    note: str


class Article(_Written):
    """One story of one outlet.

    Attributes:
        published: relative to the first start: ``-2d 08:15`` (that time, UTC, two days before), ``-3h``, ``+20s``.
        dates: the places that tell the date; the others keep silent about it.
        json_ld: whether the page carries a JSON-LD NewsArticle.
        former_slug: an old address that the feed still gives; it answers 301.
        detour: an address that the feed gives and that answers 302.
        wire: the agency whose text this is; the same text may stand on another outlet.
    """

    outlet: str
    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    section: str = Field(pattern=r"^[a-z-]+$")
    title: str
    description: str
    authors: tuple[str, ...]
    published: str
    tags: tuple[str, ...] = ()
    language: str = "en"
    dates: frozenset[DatePlace] = frozenset({"json-ld", "meta", "time", "feed"})
    json_ld: bool = True
    behaviour: Behaviour = "ordinary"
    noindex: bool = False
    paywalled: bool = False
    correction: Correction | None = None
    former_slug: str | None = None
    detour: str | None = None
    wire: str | None = None
    body: str

    @property
    def key(self) -> str:
        """Names the story among all outlets."""
        return f"{self.outlet}/{self.slug}"

    @model_validator(mode="after")
    def _check(self) -> "Article":
        published_ms(self.published, 0)
        if self.correction and self.correction.wrong not in self.body:
            raise ValueError(f"the correction puts right what is not in the text: {self.correction.wrong!r}")
        if self.former_slug and self.detour:
            raise ValueError("the feed can give one address only: former_slug or detour")
        return self


def published_ms(published: str, epoch_ms: int) -> int:
    """When a story is published, in ms, given the first start of the newsroom.

    Raises:
        ValueError: neither ``-2d 08:15`` nor ``-3h`` nor ``+20s``.
    """
    if match := _BEFORE_DAYS.fullmatch(published):
        days, hours, minutes = (int(group) for group in match.groups())
        return (epoch_ms // _DAY_MS - days) * _DAY_MS + (hours * 60 + minutes) * 60_000
    if match := _OFFSET.fullmatch(published):
        sign, count, unit = match.groups()
        return epoch_ms + (1 if sign == "+" else -1) * int(count) * _SECONDS[unit] * 1000
    raise ValueError(f"not a relative time: {published!r}; write -2d 08:15, -3h or +20s")


def parse_article(document: str, origin: str) -> Article:
    """The story of a file ``---``, front matter, ``---``, text.

    Raises:
        ConfigurationError: the front matter is missing or does not validate; the message names `origin`.
    """
    parts = document.split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        raise ConfigurationError(f"{origin} has no front matter: begin with --- and end it with ---")
    try:
        return Article.model_validate({**yaml.safe_load(parts[1]), "body": parts[2].strip()})
    except (yaml.YAMLError, ValidationError, TypeError) as error:
        raise ConfigurationError(f"{origin}: {error}") from error


@lru_cache(maxsize=1)
def load_articles() -> tuple[Article, ...]:
    """Every story that comes with the newsroom, by file name; raises ConfigurationError as `parse_article`."""
    paths = sorted(ARTICLES_DIR.glob("*.md"))
    return tuple(parse_article(path.read_text(encoding="utf-8"), path.name) for path in paths)
