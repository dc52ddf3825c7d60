import pytest

from services.crawler import robots

PAGE = "https://news.example/articles/1"


def test_a_path_that_is_disallowed_may_not_be_fetched():
    rules = robots.parse(200, b"User-agent: *\nDisallow: /private/\n")

    allowed = rules.allows(PAGE, "newsweir")
    private = rules.allows("https://news.example/private/1", "newsweir")

    assert (allowed, private) == (True, False)


def test_the_longest_rule_wins():
    rules = robots.parse(200, b"User-agent: *\nDisallow: /\nAllow: /articles/\n")

    assert rules.allows(PAGE, "newsweir")


def test_a_group_for_the_crawler_replaces_the_group_for_all():
    rules = robots.parse(200, b"User-agent: *\nDisallow: /\n\nUser-agent: NewsWeir/1.0\nDisallow: /private/\n")

    assert rules.allows(PAGE, "newsweir")


@pytest.mark.parametrize("token", ["news", "weir", "newsweir-images", "a-newsweir"])
def test_a_group_for_a_similar_name_does_not_speak_to_the_crawler(token):
    rules = robots.parse(200, f"User-agent: {token}\nDisallow: /\n".encode())

    assert rules.allows(PAGE, "newsweir")


def test_groups_for_the_same_name_are_one_group():
    rules = robots.parse(200, b"User-agent: newsweir\nDisallow: /a\n\nUser-agent: newsweir\nDisallow: /b\n")

    assert not rules.allows("https://news.example/a", "newsweir")
    assert not rules.allows("https://news.example/b", "newsweir")


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\xef\xbb", b"\xef"])
def test_a_byte_order_mark_does_not_hide_the_first_line(mark):
    rules = robots.parse(200, mark + b"User-agent: *\nDisallow: /\n")

    assert not rules.allows(PAGE, "newsweir")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 302])
def test_a_site_without_rules_allows_everything_for_a_day(status):
    rules = robots.parse(status, b"User-agent: *\nDisallow: /\n")

    assert rules.allows(PAGE, "newsweir")
    assert rules.fresh_for_s == robots.FRESH_S


@pytest.mark.parametrize("status", [None, 429, 500, 503])
def test_a_site_whose_rules_cannot_be_read_now_forbids_everything_and_is_asked_again_soon(status):
    rules = robots.parse(status, b"")

    assert not rules.allows(PAGE, "newsweir")
    assert rules.fresh_for_s == robots.FRESH_WHEN_UNREACHABLE_S


def test_a_page_of_html_in_place_of_rules_allows_everything():
    rules = robots.parse(200, b"<!doctype html><html><body><p>Not found: sorry</p></body></html>")

    assert rules.allows(PAGE, "newsweir")


def test_what_lies_beyond_the_size_limit_is_not_read():
    padding = b"# padding\n" * (robots.MAX_BODY_BYTES // 10 + 1)

    rules = robots.parse(200, padding + b"User-agent: *\nDisallow: /\n")

    assert rules.allows(PAGE, "newsweir")


def test_crawl_delay_and_sitemaps_are_read():
    body = (
        b"Sitemap: https://news.example/a.xml\nUser-agent: *\nCrawl-delay: 2.5\nSitemap: https://news.example/b.xml\n"
    )

    rules = robots.parse(200, body)

    assert rules.crawl_delay_s("newsweir") == 2.5
    assert rules.sitemaps == ("https://news.example/a.xml", "https://news.example/b.xml")


@pytest.mark.parametrize("value", [b"soon", b"-3", b"nan", b"inf", b"1e999"])
def test_a_crawl_delay_that_is_no_duration_is_none(value):
    rules = robots.parse(200, b"User-agent: *\nCrawl-delay: " + value + b"\n")

    assert rules.crawl_delay_s("newsweir") is None


def test_bytes_that_are_no_text_allow_everything():
    rules = robots.parse(200, bytes(range(256)) * 100)

    assert rules.allows(PAGE, "newsweir")
    assert rules.crawl_delay_s("newsweir") is None
