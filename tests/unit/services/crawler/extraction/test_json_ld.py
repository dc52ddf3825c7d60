import pytest
from lxml import html

from services.crawler.extraction import json_ld
from services.crawler.extraction.outline import Outline
from tests.unit.services.crawler.extraction.pages import URL, a_tree, linked_data


def read(*scripts):
    return json_ld.read(Outline(a_tree("".join(map(linked_data, scripts)))), URL)


@pytest.mark.parametrize(
    "script",
    [
        '{"@type": "NewsArticle", "headline": "Mill"}',
        '[{"@type": "WebSite"}, {"@type": ["Thing", "NewsArticle"], "headline": "Mill"}]',
        '{"@graph": [{"@type": "https://schema.org/NewsArticle", "headline": "Mill"}]}',
        '{"@type": "WebPage", "mainEntity": {"@type": "BlogPosting", "headline": "Mill"}}',
        '<!-- {"@type": "NewsArticle", "headline": "Mill",} -->',
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Mill"}\n//]]>',
        '{"@type": "NewsArticle", "description": "two\nlines", "headline": "Mill"};',
    ],
)
def test_the_article_is_found_wherever_it_stands(script):
    assert read(script).text("headline") == "Mill"


def test_the_node_that_names_the_page_is_the_article_of_the_page():
    other = '{"@type": "NewsArticle", "headline": "Other", "url": "https://news.example/other"}'
    own = f'{{"@type": "NewsArticle", "headline": "Mill", "mainEntityOfPage": {{"@id": "{URL}"}}}}'

    assert read(other, own).text("headline") == "Mill"


def test_other_articles_in_a_list_are_not_the_article():
    data = read('{"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "Other"}]}')

    assert data.article == {}


@pytest.mark.parametrize("script", ["", "{", "null", "5", '"text"', "[" * 100_000, '{"a":' * 50_000, "[1e999999]"])
def test_scripts_that_say_nothing_are_passed_over(script):
    outline = Outline(html.document_fromstring(f"<html><head>{linked_data(script)}</head><body></body></html>"))

    assert json_ld.read(outline, URL).article == {}


@pytest.mark.parametrize(
    "value", ["5", "null", "true", "[[[1]]]", '{"name": 5}', '{"@value": []}', '[{"name": ["x"]}]']
)
def test_values_of_any_shape_are_borne(value):
    text = read(f'{{"@type": "Article", "headline": {value}}}').text("headline")

    assert text is None or isinstance(text, str)
