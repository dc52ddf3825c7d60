"""A writer in a process of its own: puts three articles into the folder given, says so, and waits to be killed."""

import asyncio
import sys
from pathlib import Path

from shared.article_store.opening import open_writer
from shared.clock import SystemClock
from shared.settings import StoreSettings
from tests.builders import a_stored_article


async def main() -> None:
    writer = await open_writer(StoreSettings(data_dir=Path(sys.argv[1])), SystemClock())
    await writer.put([a_stored_article(number) for number in (1, 2, 3)])
    sys.stdout.write("put\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
