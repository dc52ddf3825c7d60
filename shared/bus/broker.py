"""FastStream for one stage: the group created from 0, batches read with a bound, entries given on as they are."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from faststream import AckPolicy
from faststream.redis import RedisBroker, RedisSentinelBroker, StreamSub
from faststream.redis.message import FAKE_CONSUMER, RedisBatchStreamMessage
from redis.exceptions import ResponseError

from shared.bus.envelope import Entry
from shared.redis_client import RedisConnection, connection_options, require_url, sentinels_of
from shared.settings import BusSettings
from shared.topology import Stage

_BLOCK_MS = 500


class StageReader:
    """Reads the new entries of a stage's stream in batches and gives each batch to `process`, one after the other.

    Args:
        consumer: names this worker within the group; unique among all that run.
        drain_s: how long `stop` waits for the batch in hand.
    """

    def __init__(
        self,
        stage: Stage,
        consumer: str,
        settings: BusSettings,
        process: Callable[[Sequence[Entry]], Awaitable[None]],
        *,
        drain_s: float,
    ) -> None:
        url = require_url(settings)
        self._broker = _broker(url, drain_s)
        self._subscriber = self._broker.subscriber(
            stream=StreamSub(
                settings.key_prefix + stage.reads.name,
                group=stage.group,
                consumer=consumer,
                batch=True,
                # Without a COUNT one worker would take the whole backlog.
                max_records=stage.batch_size,
                polling_interval=_BLOCK_MS,
            ),
            # FastStream acknowledges a batch as a whole; ours are settled entry by entry.
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            parser=_parse,
            decoder=_entries,
        )
        self._subscriber(process)

    @property
    def running(self) -> bool:
        """Whether it still reads; it ends for good when its group is gone."""
        return bool(self._subscriber.running)

    async def start(self) -> None:
        """Begin to read; the group must be there (`create_group`)."""
        await self._broker.start()

    async def stop(self) -> None:
        """Read no more, and wait for the batch in hand."""
        await self._broker.stop()


def _broker(url: str, drain_s: float) -> RedisBroker:
    options: dict[str, Any] = {
        # A line per message costs 13–20 % of the throughput.
        "logger": None,
        "graceful_timeout": drain_s,
        # The entries come as they are: nothing to cast.
        "apply_types": False,
        **connection_options(url),
    }
    if sentinels := sentinels_of(url):
        return RedisSentinelBroker(
            sentinels=sentinels.addresses,
            sentinel_master_name=sentinels.service,
            sentinel_kwargs=sentinels.options,
            db=sentinels.database,
            **sentinels.options,
            **options,
        )
    return RedisBroker(url, **options)


async def create_group(connection: RedisConnection, stage: Stage) -> None:
    """Create the stage's group at the beginning of its stream: what was published before it counts."""
    try:
        await connection.client.xgroup_create(connection.key(stage.reads.name), stage.group, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise


async def _parse(message: Mapping[str, Any]) -> RedisBatchStreamMessage:
    # What is acknowledged is settled by script, never by FastStream: its consumer does nothing.
    return RedisBatchStreamMessage(raw_message=message, body=b"", consumer=FAKE_CONSUMER, group=None)


async def _entries(message: RedisBatchStreamMessage) -> Sequence[Entry]:
    raw = message.raw_message
    return [entry_of(entry_id, fields) for entry_id, fields in zip(raw["message_ids"], raw["data"], strict=True)]


def entry_of(entry_id: bytes | str, fields: Mapping[bytes, bytes] | Mapping[str, str]) -> Entry:
    """An entry as a client answers it, with or without decoded strings; what is no UTF-8 is marked, not raised."""
    return Entry(_text(entry_id), {_text(name): _text(value) for name, value in fields.items()})


def _text(value: bytes | str) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
