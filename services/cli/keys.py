"""`newsweir keys create`, `list` and `revoke`: who may ask the API."""

from collections.abc import Sequence

from services.cli.output import say, write_json_line, write_table
from services.cli.with_broker import broken_off
from services.search.access.api_keys import KeyRing, Scope
from shared.clock import Clock, from_ms
from shared.errors import InvalidInput
from shared.redis_client import RedisConnection


async def create_key(connection: RedisConnection, name: str, scopes: Sequence[Scope], clock: Clock) -> None:
    """Make a key and write it, alone, to standard output: it is not kept anywhere and cannot be shown again.

    Raises:
        InvalidInput: a name or scopes that do not fit.
        LimitExceeded: there are too many keys.
    """
    with broken_off(lambda: "a key may have been made that nobody has seen", "`newsweir keys list` shows it then"):
        key, kept = await KeyRing(connection, clock).create(name, scopes)
    say(f"key {kept.id} ({kept.name}: {', '.join(kept.scopes)}); keep it now, it is not shown again:")
    print(key)


async def list_keys(connection: RedisConnection, clock: Clock, *, as_json: bool) -> None:
    """All keys, the oldest first; never the keys themselves."""
    kept = await KeyRing(connection, clock).all()
    if as_json:
        for key in kept:
            write_json_line(key.model_dump(mode="json", exclude={"digest"}))
    elif kept:
        rows = [
            (key.id, key.name, ", ".join(key.scopes), f"{from_ms(key.created_at_ms):%Y-%m-%d %H:%M}") for key in kept
        ]
        write_table(("id", "name", "scopes", "created (UTC)"), rows, wide="name", whole=("id",))
    else:
        say("no keys yet: `newsweir keys create NAME`")


async def revoke_keys(connection: RedisConnection, key_ids: Sequence[str], clock: Clock) -> None:
    """Forget keys; they open nothing from this moment on.

    Raises:
        InvalidInput: no key has one of the ids; those before it are revoked.
    """
    ring = KeyRing(connection, clock)
    for key_id in key_ids:
        if not await ring.revoke(key_id):
            # Several may bear one name: which one is meant is for people to say.
            named = ", ".join(key.id for key in await ring.all() if key.name == key_id)
            instead = f"{named} is called so" if named else "`newsweir keys list` shows them all"
            raise InvalidInput(f"no key has the id {key_id!r}: {instead}")
        say(f"revoked {key_id}")
