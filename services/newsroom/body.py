"""The small Markdown that stories are written in, as HTML blocks: paragraphs, subheadings, lists and links."""

import re
from collections.abc import Mapping

from markupsafe import Markup, escape

_LINK = re.compile(r"\[([^\]]+)\]\(([a-z0-9-]+)\)")


def html_blocks(body: str, paths: Mapping[str, str]) -> tuple[Markup, ...]:
    """The blocks of a text, in order; ``[words](slug)`` becomes a link where `paths` knows the slug."""
    return tuple(_block(block.strip(), paths) for block in body.split("\n\n") if block.strip())


def _block(block: str, paths: Mapping[str, str]) -> Markup:
    if block.startswith("## "):
        return Markup("<h2>{}</h2>").format(_inline(block[3:], paths))
    if block.startswith("- "):
        items = (_inline(line.removeprefix("- "), paths) for line in block.splitlines())
        return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(item) for item in items))
    return Markup("<p>{}</p>").format(_inline(block, paths))


def _inline(text: str, paths: Mapping[str, str]) -> Markup:
    def link(match: re.Match[str]) -> str:
        words, slug = match.groups()
        return f'<a href="{paths[slug]}">{words}</a>' if slug in paths else words

    # Escaping touches neither brackets nor slugs, and paths come from our own slugs.
    return Markup(_LINK.sub(link, str(escape(text)).replace("\n", " ")))  # noqa: S704 — escaped in this line
