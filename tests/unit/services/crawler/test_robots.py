import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.crawler import robots

PAGE = "https://news.example/articles/1"


def test_a_path_that_is_disallowed_may_not_be_fetched():
    rules = robots.parse(200, b"User-agent: *\nDisallow: /private/\n")

    allowed = rules.allows(PAGE, "newsweir")
    private = rules.allows("https://news.example/private/1", "newsweir")

    assert (allowed, private) == (True, False)


def test_the_rules_hold_of_their_own_page_as_of_any_other():
    """The public compliance cases say so; the crawler asks for the rules themselves before it has any."""
    rules = robots.parse(200, b"User-agent: *\nDisallow: /\n")

    assert not rules.allows("https://news.example/robots.txt", "newsweir")


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
    assert robots.fresh_for_s(status, None, None) == robots.FRESH_S


@pytest.mark.parametrize("status", [None, 429, 500, 503])
def test_a_site_whose_rules_cannot_be_read_now_forbids_everything_and_is_asked_again_soon(status):
    rules = robots.parse(status, b"")

    assert not rules.allows(PAGE, "newsweir")
    assert robots.fresh_for_s(status, None, None) == robots.FRESH_WHEN_UNREACHABLE_S


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


@pytest.mark.parametrize(
    ("status", "cache_control", "retry_after_s", "seconds"),
    [
        (200, "max-age=7200", None, 7200),
        (200, "public, Max-Age = 60", None, robots.SHORTEST_FRESH_S),
        (404, "max-age=999999999", None, robots.FRESH_S),
        (200, "s-maxage=7200, no-store", None, robots.FRESH_S),
        (503, "max-age=7200", 1800.0, 1800),
        (429, None, 5.0, robots.FRESH_WHEN_UNREACHABLE_S),
        (429, None, 1e9, robots.FRESH_S),
    ],
)
def test_the_site_says_within_bounds_how_long_its_rules_hold(status, cache_control, retry_after_s, seconds):
    assert robots.fresh_for_s(status, cache_control, retry_after_s) == seconds


def test_a_rule_that_the_size_limit_cuts_in_half_is_not_read():
    start = b"User-agent: *\nDisallow: /private\n"
    padding = b"#" * (robots.MAX_BODY_BYTES - len(start) - len(b"\nDisallow: /"))

    rules = robots.parse(200, start + padding + b"\nDisallow: /articles/old\n")

    assert rules.allows(PAGE, "newsweir")
    assert not rules.allows("https://news.example/private", "newsweir")


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/*.pdf$", "/a/b.pdf"),
        ("/a*b*c", "/a-b-b-c-d"),
        ("*/print", "/articles/1/print/2"),
        ("/$", "/"),
        ("/search?*page=", "/search?q=weir&page=2"),
        ("/caf\u00e9", "/caf%C3%A9"),
        ("/caf%c3%a9", "/caf%C3%A9"),
        ("/%61rticles", "/articles/1"),
        ("/*?to=http://", "/go?to=http%3A%2F%2Fother.example"),
        ("/a|b", "/a%7Cb"),
    ],
)
def test_a_rule_forbids_every_spelling_of_what_it_names(pattern, path):
    rules = robots.parse(200, f"User-agent: *\nDisallow: {pattern}\n".encode())

    assert not rules.allows(f"https://news.example{path}", "newsweir")


@pytest.mark.parametrize(
    ("pattern", "path"),
    [("/*.pdf$", "/a/b.pdf?x"), ("/a*b*b", "/a-b"), ("/$", "/a"), ("/ab*ba$", "/aba"), ("/A", "/a")],
)
def test_a_rule_forbids_nothing_else(pattern, path):
    rules = robots.parse(200, f"User-agent: *\nDisallow: {pattern}\n".encode())

    assert rules.allows(f"https://news.example{path}", "newsweir")


def test_a_record_that_is_no_rule_does_not_end_the_naming_of_a_group():
    body = (
        b"User-agent: newsweir\nCrawl-delay: 3\nSitemap: https://news.example/s\nUser-agent: a\nDisallow: /articles/\n"
    )

    rules = robots.parse(200, body)

    assert not rules.allows(PAGE, "newsweir")
    assert rules.crawl_delay_s("newsweir") == 3


def test_a_rule_above_all_groups_speaks_to_nobody():
    rules = robots.parse(200, b"Disallow: /\nUser-agent: *\nDisallow: /private\n")

    assert rules.allows(PAGE, "newsweir")


def test_many_asterisks_are_matched_in_one_pass():
    body = b"User-agent: *\n" + (b"Disallow: /" + b"*a" * 500 + b"*b$\n") * 450

    rules = robots.parse(200, body)

    # A matcher that tries every place for every asterisk would not end before the test's time is up.
    assert rules.allows("https://news.example/" + "a" * 2000, "newsweir")


def test_groups_and_rules_by_the_thousand_are_read():
    names = b"".join(b"User-agent: %s\n" % (b"x" * (1 + n % 90)) for n in range(4000))
    body = names + b"Disallow: /a\n" * 6000 + b"User-agent: newsweir\nDisallow: /b\n"

    rules = robots.parse(200, body)

    assert not rules.allows("https://news.example/b", "newsweir")


@given(pattern=st.text("/ab*$", max_size=8), path=st.text("/ab$", max_size=10))
def test_a_pattern_means_what_the_same_regular_expression_means(pattern, path):
    """The RFC's definition, slow and plain: an asterisk is any text, a dollar sign at the end is the end."""
    expression = re.escape("/" + pattern.removesuffix("$")).replace(r"\*", ".*") + (
        "\\Z" if pattern[-1:] == "$" else ""
    )
    rules = robots.parse(200, f"User-agent: *\nDisallow: /{pattern}\n".encode())

    forbidden = not rules.allows(f"https://news.example/{path}", "newsweir")

    assert forbidden == bool(re.match(expression, f"/{path}"))
