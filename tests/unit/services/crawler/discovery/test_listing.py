import pytest

from services.crawler.discovery import listing

URL = "https://www.news.example.com/business/"


def a_page(*anchors):
    return f"<html><body>{''.join(anchors)}</body></html>".encode()


def found(*anchors):
    return [link.url for link in listing.links(a_page(*anchors), URL, content_type="text/html").links]


@pytest.mark.parametrize(
    "path",
    [
        "/business/mill-sells-its-weir",
        "/mill_sells_its_weir.html",
        "/2026/03/02/weir",
        "/2026/mar/02/weir",
        "/news/articleshow/126062150.cms",
        "/technology/archive/2026/03/the-weir/685000/",
        "/a/b/mill-sells-its-weir-12",
    ],
)
def test_paths_of_single_articles_are_taken(path):
    assert listing.looks_like_article(f"https://news.example.com{path}", URL)


@pytest.mark.parametrize(
    "path",
    [
        "/", "/business/", "/business/markets", "/category/mills-and-weirs", "/tag/mill-sells-weir", "/login",
        "/en/author/jane-van-doe", "/about-us", "/about-us/our-long-history", "/privacy-policy", "/2026/03/02/",
        "/picture-of-a-weir.jpg", "/page/10000",
    ],
)  # fmt: skip
def test_paths_of_other_pages_are_not(path):
    assert not listing.looks_like_article(f"https://news.example.com{path}", URL)


def test_links_come_in_the_order_of_the_page_each_once():
    urls = found(
        '<a href="/the-first-story">The first story of the day</a>',
        '<a href="https://sub.news.example.com/the-second-story">Two</a>',
        '<a href="/the-first-story#comments">3 comments</a>',
    )

    assert urls == ["https://www.news.example.com/the-first-story", "https://sub.news.example.com/the-second-story"]


def test_other_sites_are_left_out():
    assert found('<a href="https://other.example/the-first-story">x</a>') == []


def test_navigation_and_footer_are_left_out():
    assert (
        found(
            '<nav><ul><li><a href="/our-long-story">x</a></ul></nav><footer><a href="/our-other-story">x</a></footer>'
        )
        == []
    )


def test_the_headline_gives_the_title_where_a_picture_links_first():
    body = a_page(
        '<a href="/the-first-story"><img src="x.jpg"></a>',
        '<a href="/the-first-story">The first <b>story</b> of all</a>',
    )

    (link,) = listing.links(body, URL, content_type=None).links

    assert link.title == "The first story of all"


def test_a_base_element_moves_relative_links():
    head = b'<html><head><base href="https://www.news.example.com/deep/"></head>'
    body = head + b'<body><a href="the-first-story">x</a></body></html>'

    (link,) = listing.links(body, URL, content_type=None).links

    assert link.url == "https://www.news.example.com/deep/the-first-story"
