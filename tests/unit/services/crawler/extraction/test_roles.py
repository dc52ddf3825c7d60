import pytest
from lxml import html

from services.crawler.extraction.roles import (
    DECLARED_ARTICLE,
    LIKELY_ARTICLE,
    NO_ARTICLE,
    NO_NOISE,
    STRONG_NOISE,
    SURE_NOISE,
    WEAK_NOISE,
    roles_of,
)


def roles(markup):
    element = html.fragment_fromstring(markup)
    return roles_of(element, element.tag)


@pytest.mark.parametrize(
    ("markup", "noise"),
    [
        ('<div class="story">x</div>', NO_NOISE),
        ('<div class="md:px-2 card">x</div>', WEAK_NOISE),
        ('<div class="content-sidebar-wrap">x</div>', WEAK_NOISE),
        ("<aside>x</aside>", WEAK_NOISE),
        ('<div class="share-buttons">x</div>', STRONG_NOISE),
        ('<div role="navigation">x</div>', STRONG_NOISE),
        ('<div id="comments">x</div>', SURE_NOISE),
        ('<div id="Comments">x</div>', SURE_NOISE),
        ('<div class="story" style="color: red; display : none">x</div>', SURE_NOISE),
        ("<div hidden>x</div>", SURE_NOISE),
    ],
)
def test_names_and_attributes_say_how_surely_an_element_is_noise(markup, noise):
    assert roles(markup)[0] == noise


@pytest.mark.parametrize("name", ["commentary-piece", "adaptive", "navy", "shared-space", "headline"])
def test_a_word_that_only_begins_like_noise_is_none(name):
    assert roles(f'<div class="{name}">x</div>')[0] == NO_NOISE


@pytest.mark.parametrize("tag", ["article", "main"])
def test_the_element_of_an_article_is_no_noise_whatever_it_is_called(tag):
    assert roles(f'<{tag} class="card related">x</{tag}>') == (NO_NOISE, LIKELY_ARTICLE)


@pytest.mark.parametrize(
    ("markup", "article"),
    [
        ('<div itemprop="articleBody">x</div>', DECLARED_ARTICLE),
        ('<div class="x entry-content">x</div>', LIKELY_ARTICLE),
        ('<div class="c-article__body">x</div>', LIKELY_ARTICLE),
        ('<div class="ArticleBody">x</div>', LIKELY_ARTICLE),
        ('<div role="main">x</div>', LIKELY_ARTICLE),
        ('<div class="bodywork">x</div>', NO_ARTICLE),
        ("<div>x</div>", NO_ARTICLE),
    ],
)
def test_names_and_attributes_say_how_surely_an_element_holds_the_article(markup, article):
    assert roles(markup)[1] == article


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ('<div class="card" role="main">x</div>', (WEAK_NOISE, LIKELY_ARTICLE)),
        ('<div class="card entry-content" role="navigation">x</div>', (STRONG_NOISE, LIKELY_ARTICLE)),
        ('<div id="comments" role="complementary">x</div>', (SURE_NOISE, NO_ARTICLE)),
        ('<article role="navigation" hidden>x</article>', (NO_NOISE, LIKELY_ARTICLE)),
        ('<div class="card" data-id="comments">x</div>', (WEAK_NOISE, NO_ARTICLE)),
    ],
)
def test_attributes_add_to_what_names_say(markup, said):
    assert roles(markup) == said


def test_the_whole_body_is_not_the_article_even_if_a_theme_names_it_so():
    body = html.document_fromstring('<html><body class="article-body">x</body></html>').body

    assert roles_of(body, "body") == (NO_NOISE, NO_ARTICLE)
