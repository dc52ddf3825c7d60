import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import InvalidInput
from shared.urls import article_id, canonicalize, host_of, is_root, registrable_domain


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://News.Example:443/a", "https://news.example/a"),
        ("http://news.example", "http://news.example/"),
        ("https://news.example/a/../b/./c", "https://news.example/b/c"),
        ("https://news.example/a#comments", "https://news.example/a"),
        ("https://news.example/a?utm_source=x&id=7&fbclid=y", "https://news.example/a?id=7"),
        ("https://news.example/a?b=2&a=1", "https://news.example/a?b=2&a=1"),
        ("https://news.example:8443/a", "https://news.example:8443/a"),
        ("https://news.example./a", "https://news.example/a"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://news.example/a%2Fb/c%20d", "https://news.example/a%2Fb/c%20d"),
        (" https://news.example/a\n", "https://news.example/a"),
        ("http://[2001:DB8::1]/a", "http://[2001:db8::1]/a"),
    ],
)
def test_a_url_has_one_spelling(url, canonical):
    assert canonicalize(url) == canonical


@pytest.mark.parametrize(
    "url",
    [
        "ftp://news.example/a",
        "javascript:alert(1)",
        "//news.example/a",
        "/a",
        "https://",
        "https://user:secret@news.example/a",
        "https://news.example:99999/a",
        "http://[::1/a",
        "https://news.example/" + "a" * 2048,
        "https://" + "a" * 64 + ".example/",
        "https://news=.example/",
        "https://news .example/",
        "https://é´.example/",  # its compatible form has a blank
        "https://news%2e.example/",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url):
    with pytest.raises(InvalidInput):
        canonicalize(url)


@given(st.text(max_size=60), st.text(max_size=20))
def test_canonical_urls_stay_as_they_are(path, query):
    try:
        once = canonicalize(f"https://news.example/{path}?q={query}")
    except InvalidInput:
        return

    assert canonicalize(once) == once


@pytest.mark.parametrize("place", ["/{}", "/?a={}", "/#{}"])
def test_half_of_a_surrogate_pair_is_no_part_of_a_url(place):
    with pytest.raises(InvalidInput, match="surrogate"):
        canonicalize("https://news.example" + place.format("\ud800"))


def test_the_identity_of_an_article_is_its_canonical_url():
    same = {
        article_id(canonicalize(url)) for url in ("https://News.example/a?utm_medium=rss", "https://news.example/a#x")
    }

    assert len(same) == 1
    assert len(same.pop()) == 64


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.news.co.uk", "news.co.uk"),
        ("news.example.com:8443", "example.com"),
        ("127.0.0.1:8100", "127.0.0.1"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("localhost", "localhost"),
        ("www.news.example", "news.example"),
        ("me.github.io", "me.github.io"),
    ],
)
def test_the_registrable_domain_is_what_an_owner_registers(host, domain):
    assert registrable_domain(host) == domain


def test_politeness_is_owed_to_a_host_and_its_port():
    assert host_of("https://news.example:443/a") == "news.example"
    assert host_of("http://127.0.0.1:8100/a") == "127.0.0.1:8100"


def test_a_front_page_is_no_article():
    assert is_root("https://news.example/")
    assert not is_root("https://news.example/?p=17")
    assert not is_root("https://news.example/a")
