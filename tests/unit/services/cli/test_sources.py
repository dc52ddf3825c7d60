import pytest

from services.cli.add_sources import add_sources
from services.cli.sources import check_sources, in_words, list_sources
from shared.errors import InvalidInput
from shared.sources import Source, SourceHealth

HOUR = 3_600_000
NOW = 1_772_452_800_000


def a_source(source_id: str = "example") -> Source:
    return Source(id=source_id, name="The Example", url="https://example.org/", feeds=("https://example.org/rss",))


async def test_sources_that_were_added_are_listed(connection, capsys):
    await add_sources(connection, (a_source("b"), a_source("a")))

    await list_sources(connection, as_json=True)

    assert [line[:9] for line in capsys.readouterr().out.splitlines()] == ['{"id":"a"', '{"id":"b"']


async def test_without_sources_it_is_said_how_to_add_one(connection, capsys):
    await list_sources(connection, as_json=False)

    assert "newsweir sources add" in capsys.readouterr().err


async def test_a_record_that_is_no_source_is_named_beside_the_list(connection, capsys):
    await add_sources(connection, (a_source("good"),))
    await connection.client.hset(connection.key("sources"), "bad", "{")

    await list_sources(connection, as_json=True)

    said = capsys.readouterr()
    assert '{"id":"good"' in said.out
    assert "newsweir: the record of source bad cannot be read" in said.err


async def test_an_unknown_source_cannot_be_checked(connection):
    with pytest.raises(InvalidInput, match="no source has the id 'nobody'"):
        await check_sources(connection, "nobody", NOW)


async def test_one_source_is_checked_alone(connection, capsys):
    await add_sources(connection, (a_source("a"), a_source("b")))

    await check_sources(connection, "b", NOW)

    out = capsys.readouterr().out
    assert "b " in out
    assert "a " not in out


@pytest.mark.parametrize(
    ("health", "words"),
    [
        (SourceHealth(), "not visited yet"),
        (
            SourceHealth(last_visit_ms=NOW - 2 * HOUR, last_success_ms=NOW - 2 * HOUR, next_visit_ms=NOW - 1),
            "answers, but has shown no article yet; visited 2 hours ago, next visit is due",
        ),
        (
            SourceHealth(
                last_visit_ms=NOW - 90_000, last_new_article_ms=NOW - HOUR, next_visit_ms=NOW + 26 * HOUR,
                articles_found=12,
            ),
            "fine: last new article 1 hour ago, 12 in all; visited 1 minute ago, next visit in 1 day",
        ),
        (
            SourceHealth(last_visit_ms=NOW, last_new_article_ms=NOW - 24 * 15 * HOUR, articles_found=1),
            "quiet: last new article 15 days ago, 1 in all; visited 0 s ago, next visit is due",
        ),
        (
            SourceHealth(last_visit_ms=NOW, consecutive_failures=1, last_error="status 500"),
            "failing: status 500 (once in a row, never answered); next visit is due",
        ),
        (
            SourceHealth(
                last_visit_ms=NOW, last_success_ms=NOW - HOUR, consecutive_failures=3, next_visit_ms=NOW + HOUR
            ),
            "failing: no reason given (3 times in a row, last answer 1 hour ago); next visit in 1 hour",
        ),
    ],
)  # fmt: skip
def test_health_in_words(health, words):
    assert in_words(health, NOW) == words
