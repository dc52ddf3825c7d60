import pytest

from services.crawler.extraction import head, json_ld
from services.crawler.extraction.authors import names_in, persons
from services.crawler.extraction.outline import Outline
from tests.unit.services.crawler.extraction.pages import URL, a_tree, linked_data


def authors(head_markup="", body="<p>x</p>", site_name=None):
    outline = Outline(a_tree(head_markup, body))
    return persons(outline, json_ld.read(outline, URL), head.read(outline), site_name)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Jane Doe", ["Jane Doe"]),
        ("by JANE DOE and John Roe", ["JANE DOE", "John Roe"]),
        ("Jane Doe, John Roe & Ann Poe", ["Jane Doe", "John Roe", "Ann Poe"]),
        ("Jane Doe, MD, PhD", ["Jane Doe"]),
        ("Doe, Jane", ["Jane Doe"]),
        ("Jane Doe, Senior Editor", ["Jane Doe"]),
        ("Von Hans Müller", ["Hans Müller"]),
        ("Par Zoé Lefèvre", ["Zoé Lefèvre"]),
        ("Written by: Jane Doe | March 2, 2026", ["Jane Doe"]),
        ("Jane Doe in London", ["Jane Doe"]),
        ("Theresa May", ["Theresa May"]),
        ("Jane Doe March", ["Jane Doe"]),
        ("村上春樹", ["村上春樹"]),
        ("https://news.example/authors/jane", []),
        ("jane@news.example", []),
        ("@janedoe", []),
        ("Newsroom Staff", []),
        ("Reuters", []),
        ("admin", []),
        ("", []),
        ("and, ; |", []),
        ("More about Jane Doe »", ["Jane Doe"]),
        ("jane doe", []),
    ],
)
def test_only_names_of_persons_are_left_of_a_byline(byline, names):
    assert list(names_in(byline)) == names


def test_authors_of_linked_data_come_first_and_only_once():
    data = linked_data(
        '{"@type": "Article", "author": [{"@type": "Person", "name": "Jane Doe"}, "JANE DOE", {"name": "John Roe"}]}'
    )

    assert authors(data + '<meta name="author" content="Somebody Else">') == ("Jane Doe", "John Roe")


def test_an_organization_is_no_author():
    data = linked_data('{"@type": "Article", "author": {"@type": "Organization", "name": "Mill Press Office"}}')

    assert authors(data + '<meta name="author" content="Jane Doe">') == ("Jane Doe",)


def test_an_author_by_reference_is_looked_up():
    data = linked_data('{"@graph": [{"@type": "Article", "author": {"@id": "#j"}}, {"@id": "#j", "name": "Jane Doe"}]}')

    assert authors(data) == ("Jane Doe",)


def test_the_site_is_no_author():
    assert authors('<meta name="author" content="The Example">', site_name="The Example") == ()


def test_one_source_is_not_mixed_with_another():
    markup = '<meta name="author" content="Jane Doe"><meta name="twitter:creator" content="TheExample">'

    assert authors(markup) == ("Jane Doe",)


def test_a_byline_in_the_page_is_read_last():
    assert authors("", '<p class="byline">By Jane Doe</p><p>Text</p>') == ("Jane Doe",)
    assert authors("", '<a rel="author" href="/jane">Jane Doe</a>') == ("Jane Doe",)


@pytest.mark.parametrize("label", ["By", "by", "BY", "By:", "Written by", "Words by", "Author", "Author:"])
def test_every_label_alone_leads_to_the_name_beside_it(label):
    spelt = label.replace(" ", "\n\t")

    assert authors(body=f"<p>x</p><div><i> {spelt}\n</i><b>Jane Doe</b></div>") == ("Jane Doe",)


@pytest.mark.parametrize(
    "opening",
    ["By", "by", "BY", "By:", "by:", "Written by", "Author:", "Authors:", "Posted by", "Words by", "Von", "Par"],
)
def test_every_opening_leads_to_the_name_behind_it(opening):
    spelt = opening.replace(" ", "\n\t")

    assert authors(body=f"<p>x</p><p>\n {spelt} Jane Doe</p>") == ("Jane Doe",)


def test_an_opening_inside_a_text_is_no_byline():
    assert authors(body="<p>A mill\nBy Jane Doe</p><p>x<br>By Jane Doe</p>") == ()


def test_a_link_to_an_author_outside_of_what_is_shown_is_none():
    assert authors(body='<p><a href="/contributors/jane-doe">Jane Doe</a></p>') == ("Jane Doe",)
    assert authors(body='<p><a href="/authorship/jane-doe">Jane Doe</a></p>') == ()


@pytest.mark.parametrize(
    "body",
    [
        '<span class="c-article__author">Jane Doe</span>',
        '<div class="styles_authorName_x1">Jane Doe</div>',
        '<a href="/author/jane-doe">Jane Doe</a>',
        "<div>Written by <b>Jane Doe</b></div>",
        "<p>BY JANE DOE</p>",
        "<div><span>By</span><span>Jane Doe</span></div>",
        "<div>Written by<p>Jane Doe</p></div>",
        "<p>by: Jane Doe, Mar 2, 2026</p>",
        "<p>Authors: Jane Doe, river and mill correspondents</p>",
        '<h4 class="site-author-box__name">Jane Doe (Millwright)</h4>',
        # Teasers of other articles come with links of their own.
        '<a href="/author/">All</a>' * 30 + "<p>By Jane Doe</p>",
    ],
)
def test_a_byline_is_known_by_its_name_its_link_or_its_first_word(body):
    assert [name.title() for name in authors("", f"<h1>Mill</h1>{body}<p>Text</p>")] == ["Jane Doe"]


@pytest.mark.parametrize("opening", ["By ", "BY ", "Written by ", "Von ", "Author: "])
def test_a_byline_is_found_behind_any_number_of_blanks(opening):
    assert authors(body=f"<p>Text.</p><div>{chr(10) * 200} {opening}Jane Doe</div>") == ("Jane Doe",)


def test_a_word_that_opens_a_byline_stands_alone_beside_the_name():
    assert authors(body="<div><span> By\n</span><b>Jane Doe</b></div>") == ("Jane Doe",)
    assert authors(body="<div><span>By or by</span><b>Jane Doe</b></div>") == ()


@pytest.mark.parametrize(
    "body",
    [
        '<span class="comment-author">Jane Doe</span>',
        "<p>By noon nobody was left</p>",
        "<p>By the time the Council had met, the river had risen by three feet and the mill stood in the water.</p>",
        '<a href="/author/jane-doe">Learn more</a>',
        '<div class="author">Example News Team</div>',
        '<span class="author">jane</span>',
    ],
)
def test_a_guess_is_a_name_in_full_or_none(body):
    assert authors("", f"<h1>Mill</h1>{body}<p>Text</p>") == ()


@pytest.mark.parametrize(
    "said",
    [
        linked_data('{"@type": "Article", "author": {"@type": "Person", "name": "millwright"}}'),
        '<meta name="author" content="millwright">',
    ],
)
def test_a_pseudonym_in_small_letters_counts_where_it_is_said_to_be_the_author(said):
    assert authors(said) == ("millwright",)
    assert authors(said.replace("millwright", "webmaster")) == ()


def test_a_person_whose_site_has_the_same_name_is_its_author():
    author = '"author": {"@type": "Person", "name": "Jane Doe"}'
    publisher = '"publisher": {"@type": "Organization", "name": "Jane Doe"}'

    assert authors(linked_data(f'{{"@type": "Article", {author}, {publisher}}}'), site_name="Jane Doe") == ("Jane Doe",)


def test_a_site_of_one_word_is_not_taken_for_a_person():
    data = linked_data('{"@type": "Article", "author": {"@type": "Person", "name": "Millwheel"}}')

    assert authors(data, site_name="Millwheel") == ()


def test_who_comments_on_an_article_is_not_its_author():
    comment = '<li class="comment"><span itemprop="author"><b itemprop="name">John Roe</b></span></li>'

    assert authors("", f'<p itemprop="author"><b itemprop="name">Jane Doe</b></p><ol>{comment}</ol>') == ("Jane Doe",)
    assert authors("", f"<p>Text</p><ol>{comment}</ol>") == ()


def test_a_person_who_publishes_alone_is_the_author_of_the_site():
    data = linked_data('{"@type": "Article", "publisher": {"@type": ["Person", "Organization"], "name": "Jane Doe"}}')

    assert authors(data + '<meta name="author" content="Jane Doe">', site_name="Jane Doe") == ("Jane Doe",)
