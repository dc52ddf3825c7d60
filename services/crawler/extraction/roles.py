"""What an element's tag, attributes and class names say of its part in a page: its article, or what surrounds it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from lxml.html import HtmlElement

NO_NOISE: Final = 0
# A name that also stands around whole articles: "card", "content-sidebar-wrap".
WEAK_NOISE: Final = 1
# A name that seldom does.
STRONG_NOISE: Final = 2
# A name that never does, or hidden outright.
SURE_NOISE: Final = 3

NO_ARTICLE: Final = 0
LIKELY_ARTICLE: Final = 1
DECLARED_ARTICLE: Final = 2

_MAX_NAME_CHARACTERS = 500
# Patterns are in lower case and so is what they search: half the time of ignoring case.
_WHOLE = r"(?:^|[_-])(?:{})(?:$|[_-])"
_SURE = re.compile(r"comment|respond|disqus|footer|consent|cookie|(?<!has-)(?<!with-)modal|related|recirc")
_STRONG = re.compile(_WHOLE.format(
    r"nav(?:bar|igation)?|breadcrumbs?|footer|masthead|site-?header"
    r"|related\w*|recommend\w*|recirc\w*|read-?more|read-next|more-(?:from|stories|news|on|articles)|also-(?:like|read)"
    r"|popular|trending|most-?(?:read|popular|viewed|recent)"
    r"|share(?!d)\w*|sharing\w*|sharer|social\w*|follow-us|sharedaddy|addtoany"
    r"|comments?(?:-?(?:list|area|section|wrap(?:per)?|container|form))?|respond|disqus\w*|replies"
    r"|newsletters?|sign-?up|donat\w+|adslot|advert\w*|outbrain|taboola|cookies?|consent|gdpr"
    r"|tag-?list|cat-links|about-?(?:the-?)?author"
    r"|(?:author|contributor)-?(?:bio|box|info|card|profile|about|description|details|block|section)"
    r"|pagination|pager|post-?navigation|ez-toc\w*|skip-link|sr-only|screen-reader-text|visually-?hidden|noprint"
))  # fmt: skip
_WEAK = re.compile(_WHOLE.format(
    r"menu|foot|sidebar|side|aside|header-?(?:top|nav)|latest|teasers?|promo\w*|cards?|follow|discussion|subscri\w+|cta"
    r"|call-to-action|ads?|sponsor\w*|banner|popup|modal|overlay|tags?|keywords|categories|topics|byline|bio"
    r"|captions?|images?|photos?|wp-caption-text|credits?|copyright|disclaimer|(?:post-?|entry-?)?meta|metadata|dateline|timestamp"
    r"|published|toolbar|search|login|toc|table-of-contents|print-?only"
))  # fmt: skip
_ARTICLE = re.compile(
    r"article[-_]{0,2}(?:body|content|text|copy)|body-?(?:copy|text|content)|field--?name-body"
    r"|(?:story|post|entry|news|blog|page|main|content|single|rich)[-_]{0,2}(?:body|content|text)"
    r"|^(?:content|story|article|post|entry|prose|copy)$|post__|available-content|markdown-body|mw-parser-output"
    r"|rte|wysiwyg|paywall"
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NOISY_ROLES = {
    "navigation": STRONG_NOISE, "dialog": STRONG_NOISE, "contentinfo": STRONG_NOISE, "search": STRONG_NOISE,
    "complementary": WEAK_NOISE,
}  # fmt: skip
_NOISY_TAGS = {"aside": WEAK_NOISE, "figcaption": WEAK_NOISE}
# The attributes that say something of an element's part, beside class and id.
_TELLING = frozenset(("role", "style", "hidden", "itemprop"))
# A theme names the whole body after its article.
_NOT_OF_BODY = {"body": NO_ARTICLE}
_NEVER_NOISE = frozenset(("html", "body", "main", "article"))


def roles_of(element: HtmlElement, tag: str) -> tuple[int, int]:
    """How surely the element is noise (`NO_NOISE` to `SURE_NOISE`), and how surely it holds the article."""
    classes = own = ""
    said: dict[str, str] | None = None
    for name, value in element.items():
        if name == "class":
            classes = value[:_MAX_NAME_CHARACTERS]
        elif name == "id":
            own = value[:_MAX_NAME_CHARACTERS]
        elif name in _TELLING:
            said = {**(said or {}), name: value}
    noise, article = _said_by_names(tag, classes, own)
    return _also_said(said, tag, noise, article) if said else (noise, article)


def _also_said(said: Mapping[str, str], tag: str, noise: int, article: int) -> tuple[int, int]:
    role = said.get("role", "")
    if tag not in _NEVER_NOISE:
        noise = SURE_NOISE if _is_hidden(said) else max(noise, _NOISY_ROLES.get(role, NO_NOISE))
    if role == "main":
        article = LIKELY_ARTICLE
    return noise, DECLARED_ARTICLE if said.get("itemprop") == "articleBody" else _NOT_OF_BODY.get(tag, article)


# Elements of one site repeat each other.
@lru_cache(maxsize=16_384)
def _said_by_names(tag: str, classes: str, own: str) -> tuple[int, int]:
    noise, article = _NOISY_TAGS.get(tag, NO_NOISE), LIKELY_ARTICLE if tag in ("article", "main") else NO_ARTICLE
    for name in (*classes.split(), *own.split()):
        said_noise, said_article = _said_by(name)
        noise, article = max(noise, said_noise), max(article, said_article)
    return NO_NOISE if tag in _NEVER_NOISE else noise, _NOT_OF_BODY.get(tag, article)


# One name after the other: the same names stand in ever new combinations.
@lru_cache(maxsize=16_384)
def _said_by(spelt: str) -> tuple[int, int]:
    name = spelt.lower()
    noise = STRONG_NOISE if _STRONG.search(name) else WEAK_NOISE if _WEAK.search(name) else NO_NOISE
    if noise and _SURE.search(name):
        noise = SURE_NOISE
    return noise, LIKELY_ARTICLE if _ARTICLE.search(name) else NO_ARTICLE


def _is_hidden(said: Mapping[str, str]) -> bool:
    return "hidden" in said or _HIDDEN.search(said.get("style", "")[:_MAX_NAME_CHARACTERS]) is not None
