import re
from fnmatch import translate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.crawler.selection import fingerprint, wanted
from shared.sources import Source

URL = "https://news.example/sport/2026/03/the-match.html?page=2"


def a_source(include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> Source:
    return Source(id="a", name="A", url="https://news.example", include=include, exclude=exclude)


def test_a_source_without_globs_wants_everything():
    assert wanted(URL, a_source())


@pytest.mark.parametrize(
    ("glob", "fits"),
    [
        ("/sport/*", True),
        ("/sport/*/the-match.html*", True),
        ("/sport/", False),
        ("/sport", False),
        ("/Sport/*", False),
        ("*", True),
        ("*.html", False),
        ("*?page=2", True),
        ("/s?ort/*", False),
        ("/[s]port/*", False),
        ("https://news.example/*", True),
        ("http://news.example/*", False),
        ("https://*.example/*match*", True),
        ("*//other.example/*", False),
        ("*2*2*2*2*2*", False),
    ],
)
def test_a_glob_has_asterisks_and_nothing_else_that_is_special(glob, fits):
    assert wanted(URL, a_source(include=(glob,))) is fits
    assert wanted(URL, a_source(exclude=(glob,))) is not fits


def test_an_article_that_is_both_included_and_excluded_is_not_wanted():
    source = a_source(include=("/sport/*", "/news/*"), exclude=("/sport/live/*",))

    assert wanted("https://news.example/news/a", source)
    assert not wanted("https://news.example/sport/live/a", source)
    assert not wanted("https://news.example/weather/a", source)


def test_a_glob_may_be_written_as_people_read_an_address():
    assert wanted("https://news.example/m%C3%A4rkte/a", a_source(include=("/märkte/*",)))
    assert wanted("https://news.example/m%C3%A4rkte/a", a_source(include=("/m%C3%A4rkte/*",)))


def test_a_front_page_has_a_path():
    assert wanted("https://news.example", a_source(include=("/",)))


@given(st.text("ab/*", max_size=12), st.text("ab/", max_size=12))
def test_an_asterisk_means_what_it_means_in_a_shell_slashes_included(tail, path):
    expected = re.match(translate(f"/{tail}"), f"/{path}") is not None

    assert wanted(f"https://a.example/{path}", a_source(include=(f"/{tail}",))) is expected


def test_a_glob_of_nothing_but_asterisks_takes_no_time():
    # A regular expression of so many would not end within the life of the universe.
    assert not wanted(f"https://a.example/{'a' * 2000}", a_source(include=("/" + "a*" * 99 + "b",)))


def test_the_fingerprint_tells_other_globs_from_the_same_ones():
    assert fingerprint(a_source()) == ""
    assert fingerprint(a_source(include=("/a",))) == fingerprint(a_source(include=("/a",)))
    assert fingerprint(a_source(include=("/a",))) != fingerprint(a_source(exclude=("/a",)))
