"""What a measure of enrichment is told."""

from pathlib import Path
from typing import NamedTuple


class Run(NamedTuple):
    """The folder of the public sets, and whether to name what is wrong in the part that was looked at."""

    folder: Path
    name_wrong: bool = False
