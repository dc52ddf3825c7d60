"""What a well-behaved crawler makes of every address in the newsroom, told by the stories' own front matter."""

from collections.abc import Iterable
from typing import Literal

from services.newsroom.articles import Article
from services.newsroom.editions import feed_path_of, path_of
from services.newsroom.outlets import OUTLETS, Outlet
from services.newsroom.settings import NewsroomSettings

Disposition = Literal[
    "indexed",
    "dropped:consent",  # no article on the page
    "dropped:noindex",  # the page asks to be left out
    "refused:robots",  # never fetched
    "failed:missing",  # 404
    "failed:gone",  # 410
    "redirected",  # the target has a disposition of its own
]


def expected_dispositions(
    articles: Iterable[Article], settings: NewsroomSettings, epoch_ms: int
) -> dict[str, Disposition]:
    """URL → what becomes of it, for every story, old address and detour; pages that heal count as healed."""
    outlets = {outlet.id: outlet for outlet in OUTLETS}
    expected: dict[str, Disposition] = {}
    for article in articles:
        outlet = outlets[article.outlet]
        base_url = outlet.base_url(settings)
        path = path_of(article, outlet, epoch_ms, article.slug)
        expected[base_url + feed_path_of(article, outlet, epoch_ms)] = "redirected"
        expected[base_url + path] = _disposition(article, outlet, path)
    return expected


def _disposition(article: Article, outlet: Outlet, path: str) -> Disposition:
    if path.startswith(outlet.disallowed):
        return "refused:robots"
    match article.behaviour:
        case "missing":
            return "failed:missing"
        case "gone":
            return "failed:gone"
        case "consent-wall":
            return "dropped:consent"
    return "dropped:noindex" if article.noindex else "indexed"
