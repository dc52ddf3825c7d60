"""A page's tree, with the elements that say something of its article found in one walk."""

from collections.abc import Sequence

from lxml.html import HtmlElement

# Each look for one of them alone would walk the whole tree again.
_TAGS = ("script", "meta", "link", "title", "h1", "time", "address")
# Of a tag; far more than any page needs.
_MAX_ELEMENTS = 5_000


class Outline:
    """The elements of a tree by tag, in the order of the page."""

    def __init__(self, tree: HtmlElement) -> None:
        self.tree = tree
        self._found: dict[str, list[HtmlElement]] = {tag: [] for tag in _TAGS}
        for element in tree.iter(*_TAGS):
            of_tag = self._found[element.tag]
            if len(of_tag) < _MAX_ELEMENTS:
                of_tag.append(element)

    def all(self, tag: str) -> Sequence[HtmlElement]:
        """Those of one of script, meta, link, title, h1, time, address."""
        return self._found[tag]
