from services.cli.data_folder import read_note
from services.cli.with_broker import with_broker
from shared import tracing
from shared.redis_client import RedisConnection
from shared.settings import variable_of
from tests.otlp import receiving


def test_work_is_done_on_a_valkey_that_ends_with_it(tmp_path, monkeypatch):
    monkeypatch.delenv(variable_of("redis_url"), raising=False)
    monkeypatch.setenv(variable_of("data_dir"), str(tmp_path))
    holders = []

    async def work(connection: RedisConnection) -> str:
        holders.append(read_note(tmp_path))
        await connection.client.set(connection.key("a"), "kept")
        return str(await connection.client.get(connection.key("a")))

    result = with_broker("newsweir test", work)

    assert result == "kept"
    assert holders[0] is not None
    assert (holders[0].command, holders[0].shares) == ("newsweir test", False)
    assert read_note(tmp_path) is None


def test_work_that_begins_traces_sends_them_and_other_work_does_not(tmp_path, monkeypatch):
    monkeypatch.delenv(variable_of("redis_url"), raising=False)
    monkeypatch.setenv(variable_of("data_dir"), str(tmp_path))

    async def work(connection: RedisConnection) -> None:
        tracing.span("import article").end()

    with receiving() as receiver:
        monkeypatch.setenv(variable_of("otel_exporter_otlp_endpoint"), receiver.url)
        with_broker("newsweir test", work)
        before = receiver.spans
        with_broker("newsweir test", work, traced=True)

    assert before == []
    assert [(span.service, span.name) for span in receiver.spans] == [("cli", "import article")]
