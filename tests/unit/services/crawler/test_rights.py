import pytest

from services.crawler import rights, robots

PAGE = "https://news.example/articles/1"


@pytest.mark.parametrize(
    ("headers", "forbidden"),
    [
        ([], False),
        ([""], False),
        (["noindex"], True),
        (["NoIndex, nofollow"], True),
        (["nofollow, none"], True),
        (["noarchive"], False),
        (["googlebot: noindex"], False),
        (["googlebot: nofollow, noindex"], False),
        (["googlebot: nofollow", "noindex"], True),
        (["newsweir: noindex"], True),
        (["googlebot: nofollow, newsweir: noindex"], True),
        (["unavailable_after: 25 Jun 2027 15:00:00 PST"], False),
        (["max-snippet: 20, noindex"], True),
    ],
)
def test_headers_can_forbid_indexing_to_all_or_to_us(headers, forbidden):
    assert rights.forbids_indexing(headers) is forbidden


@pytest.mark.parametrize(
    ("headers", "tdm_reservation", "reserved"),
    [
        ([], None, set()),
        (["noarchive, noai"], None, {"noarchive", "no-ai-training"}),
        (["otherbot: noarchive"], None, set()),
        (["newsweir: noarchive"], None, {"noarchive"}),
        ([], " 1 ", {"tdm-reserved"}),
        ([], "0", set()),
        (["," * 100_000], None, set()),
    ],
)
def test_headers_reserve_rights(headers, tdm_reservation, reserved):
    assert rights.of_headers(headers, tdm_reservation) == reserved


@pytest.mark.parametrize(
    "token", ["GPTBot", "ccbot", "Google-Extended", "Applebot-Extended", "ClaudeBot", "Bytespider"]
)
def test_a_site_that_shuts_out_a_crawler_for_training_refuses_training(token):
    rules = robots.parse(200, f"User-agent: {token}\nDisallow: /\n".encode())

    assert rights.of_robots(rules, PAGE) == {"no-ai-training"}


def test_such_a_crawler_that_is_kept_from_other_pages_only_refuses_nothing():
    rules = robots.parse(200, b"User-agent: GPTBot\nDisallow: /members/\nUser-agent: *\nDisallow: /private/\n")

    assert rights.of_robots(rules, PAGE) == set()
    assert rights.of_robots(rules, "https://news.example/members/1") == {"no-ai-training"}


@pytest.mark.parametrize("body", [b"User-agent: *\nDisallow: /\n", b"User-agent: bingbot\nDisallow: /\n", b""])
def test_a_rule_for_all_or_for_a_search_engine_says_nothing_of_training(body):
    assert rights.of_robots(robots.parse(200, body), PAGE) == set()


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("Content-Signal: search=yes, ai-train=no", True),
        ("Content-Signal: ai-train=no,search=yes", True),
        ("content-signal: ai-train=yes", False),
        ("Content-Signal: ai-input=no", False),
        ("Content-Usage: train-ai=n", True),
        ("Content-Usage: /articles/ train-ai=y", False),
        ("Content-Signal: ai-train=nobody", False),
    ],
)
def test_a_content_signal_says_whether_models_may_be_trained(line, refused):
    rules = robots.parse(200, f"User-agent: *\n{line}\nAllow: /\n".encode())

    assert (rights.of_robots(rules, PAGE) == {"no-ai-training"}) is refused


def test_a_content_signal_to_another_crawler_is_not_meant_for_us():
    rules = robots.parse(200, b"User-agent: otherbot\nContent-Signal: ai-train=no\nAllow: /\n")

    assert rights.of_robots(rules, PAGE) == set()


def test_rights_of_several_origins_come_once_and_in_one_order():
    assert rights.together(("tdm-reserved",), {"noarchive"}, ("noarchive",)) == ("noarchive", "tdm-reserved")
