import json

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from services.cli.dead_letters import Consent, end_letters, list_letters, show_letter
from services.cli.letters_wanted import Wanted
from shared.bus.dead_letters import DeadLetters, Letter, LetterFilter
from shared.dispositions import read_ledger
from shared.errors import DependencyUnavailable, InvalidInput, LimitExceeded, PermanentFailure
from tests.scene import Scene

YES = Consent(yes=True)
EVERYTHING = Wanted()


@pytest.fixture
def scene(connection, clock) -> Scene:
    return Scene(connection, clock)


async def all_letters(connection) -> list[Letter]:
    return [letter async for letter in DeadLetters(connection).find(LetterFilter())]


async def listed(scene: Scene, wanted: Wanted = EVERYTHING, **options) -> None:
    await list_letters(scene.connection, wanted, scene.clock.now_ms(), **{"as_json": False, **options})


async def ended(scene: Scene, how, consent: Consent, wanted: Wanted = EVERYTHING) -> int:
    return await end_letters(DeadLetters(scene.connection), wanted, how, scene.clock.now_ms(), consent)


async def test_a_list_begins_with_counts_by_stage_and_error(scene, capsys):
    await scene.bury(1, 2, error=InvalidInput("no title"))
    scene.clock.advance(3600)
    await scene.bury(3, error=LimitExceeded("too long"))

    await listed(scene)

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["letters", "stage", "error", "attempts", "first", "last"]
    assert lines[2] == ["2", "enrichment", "InvalidInput", "1", "1h", "ago", "1h", "ago"]
    assert lines[3] == ["1", "enrichment", "LimitExceeded", "1", "0s", "ago", "0s", "ago"]


async def test_a_list_shows_the_newest_letters_last_and_how_many_more_there_are(scene, capsys):
    await scene.bury(*range(1, 6))
    names = [letter.name for letter in await all_letters(scene.connection)]

    await listed(scene, limit=2)

    out = capsys.readouterr().out
    assert [name for name in names if name in out] == names[3:]
    assert out.index(names[3]) < out.index(names[4])
    assert "3 more are older than these: --limit 5 shows all" in out
    assert "https://news.example/articles/5" in "".join(out.split())


async def test_a_list_is_narrowed_by_what_was_asked_for(scene, capsys):
    await scene.bury(1, error=InvalidInput("no title"))
    await scene.bury(2, error=LimitExceeded("too long"))

    await listed(scene, Wanted(error="limitexceeded"))

    out = capsys.readouterr().out
    assert "LimitExceeded" in out
    assert "InvalidInput" not in out


async def test_without_letters_the_list_says_so(scene, capsys):
    await listed(scene)

    assert capsys.readouterr() == ("", "no dead letter matches\n")


async def test_a_list_as_json_is_a_line_for_each_letter_without_its_payload(scene, capsysbinary):
    await scene.bury(1, 2)

    await listed(scene, as_json=True)

    first, second = map(json.loads, capsysbinary.readouterr().out.splitlines())
    assert (first["fetch_id"], second["fetch_id"]) == ("fetch-1", "fetch-2")
    assert first["error"] == "no article"
    assert first["buried_at"] == "2026-03-02T12:00:00+00:00"
    assert "payload" not in first


async def test_a_letter_is_shown_whole_and_harmless_to_the_terminal(scene, capsys):
    await scene.bury(1, title="\x1b[31mRed")
    [letter] = await all_letters(scene.connection)

    await show_letter(scene.connection, letter.name, as_json=False)

    out = capsys.readouterr().out
    assert f"letter      {letter.name}\n" in out
    assert "error       InvalidInput: no article\n" in out
    assert '  "source_id": "example",\n' in out
    assert "\x1b" not in out


async def test_a_payload_that_is_no_json_is_shown_as_it_is(scene, capsys):
    await scene.connection.client.xadd(scene.stream(), {"type": "ArticleCrawled", "payload": '{"cut": '})
    await scene.give_up()
    [letter] = await all_letters(scene.connection)

    await show_letter(scene.connection, letter.name, as_json=False)

    assert capsys.readouterr().out.endswith('payload\n{"cut": \n')


async def test_a_letter_as_json_holds_the_entry_as_it_was(scene, capsysbinary):
    [event] = await scene.bury(1)
    [letter] = await all_letters(scene.connection)

    await show_letter(scene.connection, letter.name, as_json=True)

    shown = json.loads(capsysbinary.readouterr().out)
    assert shown["fields"]["payload"] == event.model_dump_json()
    assert shown["name"] == letter.name


async def test_a_letter_that_is_not_there_cannot_be_shown(connection):
    with pytest.raises(InvalidInput, match="no dead letter is called indexing/1-0"):
        await show_letter(connection, "indexing/1-0", as_json=False)


async def test_with_consent_the_letters_meant_are_replayed_and_the_others_stay(scene, capsys):
    await scene.bury(1, 2)
    await scene.bury(3, error=LimitExceeded("too long"))

    status = await ended(scene, "replay", YES, Wanted(error="no article"))

    assert status == 0
    assert [entry.fetch_id for entry in await scene.read()] == ["fetch-1", "fetch-2"]
    assert [letter.fetch_id for letter in await all_letters(scene.connection)] == ["fetch-3"]
    said = capsys.readouterr().err
    assert "InvalidInput: no other try heals these" in said
    assert "2 letters replayed; each is in the stream of its stage again" in said
    assert "newsweir status" in said


async def test_a_discarded_letter_ends_its_fetch(scene, capsys):
    await scene.bury(1)

    await ended(scene, "discard", Consent(yes=True, all_letters=True))

    assert (await read_ledger(scene.connection)).by_disposition == {"dead-lettered": 0, "dropped:discarded": 1}
    assert "1 letter discarded; their articles come again only when" in capsys.readouterr().err


@pytest.mark.parametrize("how", ["replay", "discard"])
async def test_without_a_word_about_which_letters_nothing_is_done(scene, how):
    await scene.bury(1)

    with pytest.raises(InvalidInput, match="which letters"):
        await ended(scene, how, YES)

    assert len(await all_letters(scene.connection)) == 1


async def test_without_a_person_to_ask_the_counts_are_shown_and_the_remedy(scene, capsys):
    await scene.bury(1)

    with pytest.raises(InvalidInput, match="1 letter would be discarded: say --yes to do it, --dry-run to only look"):
        await ended(scene, "discard", Consent(all_letters=True))

    assert "InvalidInput" in capsys.readouterr().out
    assert len(await all_letters(scene.connection)) == 1


@pytest.mark.parametrize(("answer", "left", "status"), [(True, 0, 0), (False, 2, 1)])
async def test_a_person_is_asked_how_many_and_decides(scene, answer, left, status):
    await scene.bury(1, 2)
    asked: list[str] = []

    def ask(question: str) -> bool:
        asked.append(question)
        return answer

    assert await ended(scene, "replay", Consent(all_letters=True, ask=ask)) == status

    assert asked == ["Replay 2 letters?"]
    assert len(await all_letters(scene.connection)) == left


async def test_a_dry_run_only_counts(scene, capsys):
    await scene.bury(1)

    assert await ended(scene, "discard", Consent(all_letters=True, yes=True, dry_run=True)) == 0

    assert len(await all_letters(scene.connection)) == 1
    assert "1 letter would be discarded; nothing was done" in capsys.readouterr().err


async def test_a_replay_that_is_repeated_finds_nothing_left_to_do(scene, capsys):
    await scene.bury(1)
    [letter] = await all_letters(scene.connection)
    await ended(scene, "replay", YES, Wanted((letter.name,)))

    assert await ended(scene, "replay", YES, Wanted((letter.name,))) == 0

    assert "no dead letter matches: nothing to replay" in capsys.readouterr().err
    assert len(await scene.read()) == 1


async def test_letters_that_another_took_meanwhile_are_told_apart(scene, capsys):
    await scene.bury(1, 2)
    first, _ = await all_letters(scene.connection)

    class Meanwhile(DeadLetters):
        """Somebody else replays the first letter just before."""

        async def end(self, letters, how):
            await super().end([first], "replay")
            return await super().end(letters, how)

    status = await end_letters(Meanwhile(scene.connection), Wanted(stage="enrichment"), "replay", 0, YES)

    assert status == 0
    assert "1 letter replayed (1 gone already); each" in capsys.readouterr().err


async def test_a_broker_that_goes_away_meanwhile_is_named_with_what_was_done(scene):
    await scene.bury(1)

    class Away(DeadLetters):
        async def end(self, letters, how):
            raise RedisConnectionError("connection refused")

    with pytest.raises(DependencyUnavailable, match=r"; 0 letters replayed; do the same again"):
        await end_letters(Away(scene.connection), Wanted(stage="enrichment"), "replay", 0, YES)


async def test_errors_that_may_heal_are_not_called_final(scene, capsys):
    class Foreseen(PermanentFailure):
        """Not of the tree: stands for an error that nobody foresaw."""

    await scene.bury(1, error=Foreseen("?"))

    await ended(scene, "replay", Consent(all_letters=True, dry_run=True))

    assert "no other try heals" not in capsys.readouterr().err
