"""What a page says of itself in JSON-LD: its article node and whatever that refers to."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from services.crawler.extraction.outline import Outline

Node = dict[str, Any]

# Far more than any page needs; a bound for pages that are made to be slow.
_MAX_SCRIPT_CHARACTERS = 1_000_000
_MAX_NODES = 500
_MAX_DEPTH = 6
# Where an article hides inside another node. Not itemListElement: those are other articles.
_CONTAINERS = ("@graph", "mainEntity", "mainEntityOfPage")
_ARTICLE_TYPE = re.compile(r"Article$|^(Blog|SocialMedia|LiveBlog|DiscussionForum)Posting$|^(Report|Review)$")
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")


@dataclass(frozen=True)
class LinkedData:
    """The nodes of a page.

    Attributes:
        article: the node of the page's article; empty where there is none.
    """

    article: Node = field(default_factory=dict)
    _by_id: dict[str, Node] = field(default_factory=dict)

    def values(self, name: str) -> list[object]:
        """What the article says of `name`, always as a list, references replaced by the node they name."""
        found = self.article.get(name)
        return [self._resolve(value) for value in (found if isinstance(found, list) else [found]) if value is not None]

    def text(self, name: str) -> str | None:
        """The first text that the article gives for `name`; of a node, its name."""
        return next((text for text in map(text_of, self.values(name)) if text), None)

    def _resolve(self, value: object) -> object:
        if isinstance(value, dict) and not value.get("name") and not value.get("url"):
            return self._by_id.get(str(value.get("@id")), value)
        return value


def text_of(value: object) -> str | None:
    """The text of a value, or the name of a node."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, str)), None)
    return value if isinstance(value, str) and value.strip() else None


def read(outline: Outline, url: str) -> LinkedData:
    """The linked data of a page; scripts that do not parse are passed over."""
    nodes = _nodes(outline)
    articles = [node for node in nodes if any(_ARTICLE_TYPE.search(name) for name in types_of(node))]
    here = [node for node in articles if _names(node, url)]
    return LinkedData(
        article=next(iter(here or articles), {}),
        _by_id={str(node["@id"]): node for node in nodes if "@id" in node},
    )


def types_of(node: Node) -> list[str]:
    """The types of a node, without the address of the vocabulary."""
    found = node.get("@type")
    return [str(name).rpartition("/")[2] for name in (found if isinstance(found, list) else [found]) if name]


def _nodes(outline: Outline) -> list[Node]:
    nodes: list[Node] = []
    for script in outline.all("script"):
        if "ld+json" in (script.get("type") or "").lower():
            nodes.extend(_walk(_load(script.text or ""), _MAX_DEPTH))
        if len(nodes) > _MAX_NODES:
            break
    return nodes[:_MAX_NODES]


def _load(script: str) -> object:
    if len(script) > _MAX_SCRIPT_CHARACTERS:
        return None
    # Comments, CDATA marks and semicolons stand around it in the wild.
    script = script.replace("<![CDATA[", "").replace("]]>", "")
    starts = [at for at in (script.find("{"), script.find("[")) if at >= 0]
    text = script[min(starts, default=0) : max(script.rfind("}"), script.rfind("]")) + 1]
    for attempt in (text, _TRAILING_COMMA.sub(r"\1", text)):
        try:
            return cast(object, json.loads(attempt, strict=False))
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: object, depth: int) -> Iterator[Node]:
    if depth == 0:
        return
    if isinstance(value, list):
        for item in value[:_MAX_NODES]:
            yield from _walk(item, depth - 1)
    elif isinstance(value, dict):
        yield value
        for name in _CONTAINERS:
            yield from _walk(value.get(name), depth - 1)


def _names(node: Node, url: str) -> bool:
    said: Sequence[Any] = (node.get("url"), node.get("@id"), node.get("mainEntityOfPage"))
    addresses = (value.get("@id") if isinstance(value, dict) else value for value in said)
    return any(isinstance(a, str) and a.partition("#")[0].rstrip("/") == url.rstrip("/") for a in addresses)
