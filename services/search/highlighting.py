"""Fragments of text with the words that matched, as HTML that is safe whatever the text holds."""

import re

from markupsafe import Markup, escape

from shared.article_store.query import HIGHLIGHT_END, HIGHLIGHT_START

_MATCHED = re.compile(f"{HIGHLIGHT_START}([^{HIGHLIGHT_START}{HIGHLIGHT_END}]*){HIGHLIGHT_END}")
_MARKER = re.compile(f"[{HIGHLIGHT_START}{HIGHLIGHT_END}]")


def to_html(fragment: str) -> Markup:
    """The fragment, escaped, each match within <mark>; markers without a partner, which a page may contain, vanish."""
    # Escaping leaves the private-use markers alone, so that marking comes last and nothing of the text is markup.
    marked = _MATCHED.sub(r"<mark>\1</mark>", str(escape(fragment)))
    return Markup(without_marks(marked))  # noqa: S704 - escaped above, and only <mark> was added


def without_marks(fragment: str) -> str:
    """The fragment as it stands in the text."""
    return _MARKER.sub("", fragment)
