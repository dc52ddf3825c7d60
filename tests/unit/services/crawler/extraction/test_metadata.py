import pytest

from services.crawler.extraction import head, json_ld, metadata
from services.crawler.extraction.outline import Outline
from tests.unit.services.crawler.extraction.pages import URL, a_tree, linked_data


def read(head_markup="", body="<p>x</p>", language="en"):
    outline = Outline(a_tree(head_markup, body, language))
    return metadata.read(outline, json_ld.read(outline, URL), head.read(outline), URL)


def article(fields):
    return linked_data(f'{{"@type": "NewsArticle", {fields}}}')


def test_linked_data_outranks_open_graph_outranks_html():
    graph = '<meta property="og:title" content="From Open Graph">'
    title = "<title>From the title</title>"

    titles = [
        read(said).title for said in (article('"headline": "From linked data"') + graph + title, graph + title, title)
    ]

    assert titles == ["From linked data", "From Open Graph", "From the title"]


def test_the_only_heading_outranks_the_title_of_the_window():
    assert read("<title>Mill sells weir - Business</title>", "<h1>Mill sells weir</h1>").title == "Mill sells weir"


def test_the_only_heading_outranks_what_is_reworded_for_search_engines():
    said = article('"headline": "Mill sells weir: all you must know"')

    assert read(said, "<h1>Why the mill sells its weir</h1>").title == "Why the mill sells its weir"


@pytest.mark.parametrize("body", ["<h1>The Example</h1>", "<h1>Business</h1>", "<h1>One mill</h1><h1>Two mills</h1>"])
def test_a_heading_that_says_something_else_does_not(body):
    said = article('"headline": "Mill sells weir", "publisher": {"name": "The Example"}')

    assert read(said, body).title == "Mill sells weir"


@pytest.mark.parametrize(
    "title", ["Mill sells weir | The Example", "The Example - Mill sells weir", "Mill sells weir – The Example"]
)
def test_the_name_of_the_site_is_not_part_of_the_title(title):
    page = read(f'<meta property="og:site_name" content="The Example"><title>{title}</title>')

    assert (page.title, page.site_name) == ("Mill sells weir", "The Example")


def test_a_headline_that_was_cut_is_written_out():
    page = read(article('"headline": "Mill sells..."') + '<meta property="og:title" content="Mill sells its old weir">')

    assert page.title == "Mill sells its old weir"


def test_entities_inside_linked_data_are_read():
    assert read(article('"headline": "Mill &amp; weir"')).title == "Mill & weir"


def test_the_image_is_absolute_and_on_the_web():
    assert read(article('"image": {"url": "/i/mill.jpg?sig=a%2Bb&utm_x=1"}')).image_url == (
        "https://news.example/i/mill.jpg?sig=a%2Bb&utm_x=1"
    )
    assert read('<meta property="og:image" content="data:image/png;base64,xx">').image_url is None
    assert read('<meta property="og:image" content="http://[::1">').image_url is None


def test_section_and_tags_are_read_in_order_without_repetition():
    page = read(article('"articleSection": ["Business", "Mills"], "keywords": "weir, Mill, Weir ,"'))

    assert (page.section, page.tags) == ("Business", ("weir", "Mill"))


def test_tags_of_open_graph_are_several_elements():
    assert read('<meta property="article:tag" content="weir"><meta property="article:tag" content="mill">').tags == (
        "weir",
        "mill",
    )


@pytest.mark.parametrize(("language", "code"), [("de-AT", "de"), ("EN", "en"), ("", None), ("english", None)])
def test_the_language_is_a_hint_of_two_letters(language, code):
    assert read(language=language).language_hint == code


def test_the_canonical_address_is_absolute_and_canonical():
    assert read('<link rel="canonical" href="/a?utm_source=x#y">').declared_canonical == "https://news.example/a"
    assert read('<link rel="canonical" href="javascript:x">').declared_canonical is None
    assert (
        read('<meta property="og:url" content="https://News.example/b">').declared_canonical == "https://news.example/b"
    )


@pytest.mark.parametrize("value", ["false", '"False"', '"http://schema.org/False"'])
def test_what_is_not_free_is_behind_a_paywall(value):
    assert read(article(f'"isAccessibleForFree": {value}')).access == "paywall"


def test_everything_else_is_free():
    assert read(article('"isAccessibleForFree": true')).access == "free"


@pytest.mark.parametrize(
    ("content", "noindex", "rights"),
    [
        ("noindex, follow", True, ()),
        ("NONE", True, ()),
        ("index, noarchive, noai", False, ("noarchive", "no-ai-training")),
        ("max-image-preview:large", False, ()),
        # As in headers.
        ("nocache", False, ("noarchive",)),
    ],
)
def test_robots_directives_are_obeyed(content, noindex, rights):
    page = read(f'<meta name="robots" content="{content}">')

    assert (page.noindex, page.rights) == (noindex, rights)


def test_directives_that_name_this_crawler_are_obeyed_and_those_for_others_are_not():
    ours = read('<meta name="Newsweir" content="noindex, noarchive">')
    theirs = read('<meta name="otherbot" content="noindex, noarchive">')

    assert (ours.noindex, ours.rights) == (True, ("noarchive",))
    assert (theirs.noindex, theirs.rights) == (False, ())


def test_a_reservation_of_text_and_data_mining_is_a_right():
    assert read('<meta name="tdm-reservation" content="1">').rights == ("tdm-reserved",)


def test_a_page_that_says_nothing_has_empty_fields():
    page = read(language="")

    assert page == metadata.Metadata("", (), None, None, None, None, (), None, None, "free", (), False)
