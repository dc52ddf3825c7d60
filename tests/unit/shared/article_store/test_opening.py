"""A process loads the one store that it opens."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import asyncio, sys
from pathlib import Path
from shared.article_store.opening import open_reader
from shared.settings import StoreSettings

async def main():
    reader = await open_reader(StoreSettings(data_dir=Path(sys.argv[1]), elasticsearch_url=sys.argv[2] or None))
    await reader.close()

asyncio.run(main())
loaded = [name for name in sys.modules if name.startswith("shared.article_store.")]
print(*sorted({name.split(".")[2] for name in loaded} & {"tantivy", "elasticsearch"}), "elasticsearch" in sys.modules)
"""


@pytest.mark.parametrize(("url", "loaded"), [("", "tantivy False"), ("http://127.0.0.1:9", "elasticsearch True")])
def test_a_process_on_one_stack_does_not_load_the_other(tmp_path: Path, url: str, loaded: str):
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), url], capture_output=True, text=True, check=True
    )

    assert result.stdout.strip() == loaded
