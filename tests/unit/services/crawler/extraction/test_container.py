from services.crawler.extraction import blocks, markup
from services.crawler.extraction.container import article_blocks

STORY = [
    f"Paragraph {n} of the report says that the mill should keep its weir, as it has for {n} years." for n in range(9)
]
OTHER = [
    f"Teaser {n} promises the tale of a bridge that nobody in the town has crossed for {n} years." for n in range(9)
]


def paragraphs(texts):
    return "".join(f"<p>{text}</p>" for text in texts)


def found(body):
    page = blocks.read(markup.parse(f"<html><body>{body}</body></html>".encode(), None))
    return [block.text for block in article_blocks(page)]


def test_the_article_is_what_is_named_so():
    body = (
        f"<div>{paragraphs(OTHER[:3])}</div><article>{paragraphs(STORY)}</article><div>{paragraphs(OTHER[3:5])}</div>"
    )

    assert found(body) == STORY


def test_without_any_name_the_article_is_where_most_running_text_stands():
    body = f"<div><div>{paragraphs(OTHER[:1])}</div><div>{paragraphs(STORY)}</div></div>"

    assert found(body) == STORY


def test_the_tighter_of_two_names_is_taken():
    body = f'<main><p>{OTHER[0]}</p><div class="entry-content">{paragraphs(STORY)}</div></main><p>{OTHER[1]}</p>'

    assert found(body) == STORY


def test_a_body_in_several_parts_is_taken_as_a_whole():
    parts = "".join(f'<div class="article-body">{paragraphs(STORY[at : at + 3])}</div>' for at in (0, 3, 6))

    assert found(f"<article>{parts}</article><div>{paragraphs(OTHER[:2])}</div>") == STORY


def test_noise_inside_the_article_is_left_out():
    body = f'<article>{paragraphs(STORY)}<div class="related-stories">{paragraphs(OTHER[:3])}</div></article>'

    assert found(body) == STORY


def test_a_name_of_noise_around_the_whole_article_is_not_believed():
    body = f'<div class="content-sidebar-wrap"><div class="card"><article>{paragraphs(STORY)}</article></div></div>'

    assert found(body) == STORY


def test_weak_names_of_noise_that_would_leave_little_are_not_believed():
    cards = "".join(f'<div class="card">{paragraphs([text])}</div>' for text in STORY[1:])

    assert found(f"<article><p>{STORY[0]}</p>{cards}</article>") == STORY


def test_long_comments_do_not_become_the_article():
    comments = f'<ol class="comment-list">{"<li>".join(paragraphs(OTHER) for _ in range(5))}</ol>'

    assert found(f"<main><article>{paragraphs(STORY)}</article>{comments}</main>") == STORY


def test_hidden_text_is_left_out():
    hidden = f'<div style="display:none">{paragraphs(OTHER)}</div>'

    assert found(f"<article>{paragraphs(STORY)}{hidden}</article>") == STORY


def test_teasers_that_are_elements_of_articles_too_are_not_the_article():
    teasers = "".join(f"<article><h3>Bridge</h3><p>{text}</p></article>" for text in OTHER[:2])

    assert (
        found(f'<main><article>{paragraphs(STORY)}</article><section class="more">{teasers}</section></main>') == STORY
    )


def test_an_embedded_post_is_a_quotation_of_the_article():
    post = "<blockquote>The weir stays where it is, and that is all that I have to say about the weir.</blockquote>"

    assert any("that is all" in text for text in found(
        f'<article>{paragraphs(STORY)}<div class="social-embed">{post}</div></article>'
    ))  # fmt: skip


def test_where_nothing_weighs_anything_and_something_holds_nothing_nothing_is_found():
    assert found("<p>Menu</p><div></div>") == []
    assert found("<p>Menu</p>") == ["Menu"]


def test_an_empty_page_yields_nothing():
    assert found("") == []
