"""Every line that the pages tell a reader to type is typed, in their order, beside a run of everything."""

import json
import re
from uuid import uuid4

import pytest

from shared.article_store.opening import open_writer
from shared.clock import SystemClock
from shared.settings import StoreSettings
from tests.builders import a_stored_article
from tests.e2e.desk import Desk, Names, yaml_of
from tests.e2e.running import Running
from tests.e2e.written import AFTERWARDS, ELSEWHERE, INPUT, LONG, NAMES, ON_ELASTICSEARCH, OTHERS_ELSEWHERE, SHOWN
from tests.indices import removed_afterwards
from tests.processes import services_of
from tests.written_commands import PAGES, ROOT, commands, is_a_name, lines

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
SERVICES = {"crawler", "enrichment", "indexing", "search"}
# Seconds on a busy machine: the first look at an outlet's feed is due at once.
FILLED_S = 120
ENOUGH_ARTICLES = 8
LINES = list(dict.fromkeys(line.text for page in PAGES for line in lines(page)))


def to_type() -> list[str]:
    """The calls of `newsweir` to type, without those that name a command and leave out what it needs."""
    apart = {*AFTERWARDS, *ON_ELASTICSEARCH, *ELSEWHERE}
    written = [one.arguments for one in commands() if one.is_block or not is_a_name(one.arguments)]
    return [arguments for arguments in written if arguments not in apart]


async def complaint(desk: Desk, names: Names, arguments: str) -> list[str]:
    """What is wrong with a call: all of them are wanted, since a run of everything is dear."""
    try:
        await typed(desk, names, arguments)
    except AssertionError as error:
        return [f"{arguments}: {error}"]
    return []


async def typed(desk: Desk, names: Names, arguments: str) -> None:
    """It must do as it is written, and show what the pages say of it."""
    line = f"newsweir {await names.filled_in(arguments)}"
    shown = await desk.type(line, file=INPUT.get(line.split()[1]))
    pattern = SHOWN.get(arguments, "")
    assert re.search(pattern, shown, re.MULTILINE), f"`{line}` shows nothing like {pattern}:\n{shown}"


async def has_articles(running: Running) -> bool:
    return await running.total() >= ENOUGH_ARTICLES


async def sources_of(running: Running) -> set[str]:
    listed = await running.command("sources", "list", "--json")
    return {json.loads(line)["id"] for line in listed.splitlines()}


async def crawls(running: Running, source: str) -> bool:
    return source in await sources_of(running)


async def crawls_only(running: Running, source: str) -> bool:
    return await sources_of(running) == {source}


async def test_what_the_pages_write_can_be_typed_as_it_stands(tmp_path):
    desk = Desk(tmp_path)
    written = to_type()
    begin = written.index("run")
    questions = [line for line in LINES if "127.0.0.1:800" in line and line.startswith(("curl ", "df "))]

    wrong: list[str] = []
    async with desk.newsroom():
        for arguments in written[:begin]:
            wrong += await complaint(desk, Names(NAMES, desk), arguments)
        async with desk.running("run") as running:
            assert set(services_of(running.process.pid)) == SERVICES
            await running.until(lambda: has_articles(running), FILLED_S, "there are articles")
            names = Names(NAMES, desk, running)
            for line in questions:
                if not line.startswith(tuple(OTHERS_ELSEWHERE)):
                    assert '"type":"/docs#' not in await desk.type(line)
            for arguments in written[begin + 1 :]:
                wrong += await complaint(desk, names, arguments)
        assert not wrong, "\n".join(wrong)
        await typed(desk, names, "backup TARGET")
        await desk.type("newsweir restore copy", {"NEWSWEIR_DATA_DIR": str(tmp_path / "restored")})
        desk.write_files()
        # Search may answer before the crawler has read the file.
        run = ("run", "--sources", str(tmp_path / "sources.yaml"))
        async with desk.running(*run) as running:
            await running.until(lambda: crawls(running, "example"), FILLED_S, "the file's source is added")
        async with desk.running(*run, "--prune") as running:
            await running.until(lambda: crawls_only(running, "example"), FILLED_S, "the sources of no file are removed")


async def test_what_the_pages_export_makes_settings_that_fit(tmp_path):
    (tmp_path / "secret").write_text("secret", encoding="utf-8")
    exports = [re.sub(r"/run/secrets/\S+", str(tmp_path / "secret"), line) for line in LINES if "export NEWS" in line]

    shown = await Desk(tmp_path).type("; ".join([*exports, "newsweir config check"]))

    assert "all settings fit" in shown
    assert len(exports) >= 6


async def test_a_warning_about_names_is_the_one_that_the_page_shows(tmp_path):
    (shown,) = [line for line in LINES if line.startswith("knowledge.yaml:")]
    (line_number,) = re.findall(r"^knowledge\.yaml:(\d+):", shown)
    ambiguous = yaml_of("knowledge.md").replace("aliases: [", "aliases: [Apex, ").replace("[Acme, Apex]", "[Acme]")
    (tmp_path / "knowledge.yaml").write_text("\n" * (int(line_number) - 1) + ambiguous, encoding="utf-8")

    said = await Desk(tmp_path).type("newsweir knowledge check", {"NEWSWEIR_KNOWLEDGE_FILE": "knowledge.yaml"})

    assert shown in said


async def test_every_target_of_the_pages_can_be_made(tmp_path):
    desk = Desk(tmp_path)
    calls = [line for line in LINES if line.startswith("make ")]

    for call in calls:
        dry = "-n " if LONG.keys() & set(call.split()) else ""
        await desk.type(f"cd '{ROOT}' && make {dry}{call.removeprefix('make ')}")
    assert len(calls) > 30


async def test_a_benchmark_that_a_page_calls_by_its_module_knows_the_options(tmp_path):
    desk = Desk(tmp_path)
    calls = [line.split() for line in LINES if line.startswith("python -m tests.")]

    for _, _, module, *given in calls:
        known = await desk.type(f"cd '{ROOT}' && python -m {module} --help")
        assert [word for word in given if word.startswith("--") and word not in known] == []
    assert calls


@pytest.mark.elasticsearch
async def test_what_the_pages_write_of_elasticsearch_can_be_typed_as_it_stands(tmp_path, elasticsearch_url):
    desk = Desk(tmp_path)
    writer = await open_writer(StoreSettings(data_dir=desk.data_dir), SystemClock())
    await writer.put([a_stored_article(number) for number in range(3)])
    await writer.close()
    names = Names({"": {"URL": elasticsearch_url}}, desk)
    questions = [line for line in LINES if line.startswith('curl -s "$ELASTICSEARCH_URL/')]

    prefix = f"test-{uuid4().hex[:12]}"

    async with removed_afterwards(elasticsearch_url, prefix):
        there = {"ELASTICSEARCH_URL": elasticsearch_url, "NEWSWEIR_INDEX_PREFIX": prefix}
        for line in questions:
            assert await desk.type(f"{line} --fail", there)
        for arguments in ON_ELASTICSEARCH:
            # The copy is made from the embedded store, so where no other is named.
            settings = {**there, "ELASTICSEARCH_URL": ""} if "--to" in arguments else there
            said = await desk.type(f"newsweir {await names.filled_in(arguments)}", settings)
    assert "3" in said
