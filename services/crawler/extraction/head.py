"""The meta elements of a page, by name."""

from collections import defaultdict
from dataclasses import dataclass

from services.crawler.extraction.outline import Outline

_NAMES = ("property", "name", "itemprop", "http-equiv")
_MAX_ELEMENTS = 2000
_MAX_CHARACTERS = 10_000


@dataclass(frozen=True)
class Head:
    """Contents of meta elements under their names in lower case, in the order of the page."""

    contents: dict[str, tuple[str, ...]]

    def all(self, *names: str) -> tuple[str, ...]:
        """The contents of all these names, the first name's first."""
        return tuple(content for name in names for content in self.contents.get(name, ()))

    def first(self, *names: str) -> str | None:
        """The content of the first name that has one."""
        return next(iter(self.all(*names)), None)


def read(outline: Outline) -> Head:
    """All meta elements, wherever they stand: broken markup puts many into the body."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for number, element in enumerate(outline.all("meta")):
        content = " ".join((element.get("content") or "")[:_MAX_CHARACTERS].split())
        if number >= _MAX_ELEMENTS:
            break
        if content:
            for attribute in _NAMES:
                if name := element.get(attribute):
                    found[name.strip().lower()].append(content)
    return Head({name: tuple(contents) for name, contents in found.items()})
