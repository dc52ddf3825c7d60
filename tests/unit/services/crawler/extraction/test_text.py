import pytest

from services.crawler.extraction import markup
from services.crawler.extraction.text import after_headline, read

PARAGRAPHS = [f"Sentence number {n} of the council's long and careful report on bridges." for n in range(8)]
PAGE = f"""<html><body><nav><a href="/a">World</a> <a href="/b">Money</a></nav>
<article><h1>Council mends bridges</h1>{"".join(f"<p>{text}</p>" for text in PARAGRAPHS)}</article>
<aside><h2>Most read</h2><a href="/c">Something else</a></aside><footer>Imprint</footer></body></html>"""


def test_the_body_is_the_paragraphs_without_what_surrounds_them():
    text = read(markup.parse(PAGE.encode(), None)).text

    assert [line for line in PARAGRAPHS if line not in text] == []
    assert "Most read" not in text
    assert "Imprint" not in text


def test_the_tree_is_left_as_it_is():
    tree = markup.parse(PAGE.encode(), None)

    first = read(tree)

    assert read(tree) == first


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("Council mends bridges\nThe council met.", "The council met."),
        ("COUNCIL MENDS BRIDGES!\nThe council met.", "The council met."),
        ("Local\n2 March\nCouncil mends bridges\nThe council met.", "The council met."),
        ("The council met.\nIt mended bridges.", "The council met.\nIt mended bridges."),
        ("", ""),
    ],
)
def test_the_headline_at_the_beginning_is_no_part_of_the_text(text, rest):
    assert after_headline(text, "Council mends bridges") == rest


def test_a_headline_that_is_quoted_later_stays():
    opening = "After a night of debate that few will forget the council came to a decision, by one vote."
    text = f"{opening}\nCouncil mends bridges\nSo the paper wrote."

    assert after_headline(text, "Council mends bridges") == text


def test_a_page_without_a_title_keeps_its_first_line():
    assert after_headline("!\nThe council met.", "") == "!\nThe council met."


def test_an_unclosed_element_of_the_surroundings_does_not_swallow_the_article():
    page = f"<html><body><footer>{''.join(f'<p>{text}</p>' for text in PARAGRAPHS * 2)}</body></html>"

    assert PARAGRAPHS[0] in read(markup.parse(page.encode(), None)).text


def test_titles_of_other_pages_are_counted_though_they_are_no_text():
    links = "".join(f'<h2><a href="/{n}">The {n}th story of the day</a></h2><p>{PARAGRAPHS[n]}</p>' for n in range(6))

    found = read(markup.parse(f"<html><body><main>{links}</main></body></html>".encode(), None))

    assert (found.lines, found.links) == (12, 6)
    assert "story of the day" not in found.text
