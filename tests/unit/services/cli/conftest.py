"""An embedded store for commands that need one."""

from pathlib import Path

import pytest

from shared.settings import StoreSettings


@pytest.fixture
def store(tmp_path: Path) -> StoreSettings:
    """Nothing is in it yet."""
    return StoreSettings(data_dir=tmp_path)
