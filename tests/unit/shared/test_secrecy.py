import pytest

from shared.secrecy import without_passwords, without_secrets


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no answer from redis://user:s3cret@broker:6379/0", "no answer from redis://user:***@broker:6379/0"),
        ("redis://:s3cret@broker:6379/0 and http://a:b@c", "redis://:***@broker:6379/0 and http://a:***@c"),
        ("https://news.example/feed?user=7&token=abc123#top", "https://news.example/feed?user=7&token=***#top"),
        ("https://news.example/feed?key=abc&page=2", "https://news.example/feed?key=***&page=2"),
        (
            "https://news.example/?X-Amz-Signature=0f0f&api_key=1",
            "https://news.example/?X-Amz-Signature=***&api_key=***",
        ),
        ("Authorization: Bearer abcdef.123-45", "Authorization: Bearer ***"),
        ("ApiKey bm90OnNlY3JldA==", "ApiKey ***"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, shown: str):
    assert without_secrets(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "mail editor@news.example about https://news.example/a?page=2&id=7",
        "https://news.example/monkey=1?monkey=1&author=7",
        "the basic question of the bearer",
        "",
    ],
)
def test_what_is_none_stays_as_it_is(text: str):
    assert without_secrets(text) == text


def test_a_setting_shows_all_but_its_password():
    assert without_passwords("redis://user:a?token=b@broker") == "redis://user:***@broker"
    assert without_passwords("https://news.example/?token=abc") == "https://news.example/?token=abc"
