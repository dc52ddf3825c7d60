"""Ages as people write and read them: 90s, 15m, 2h, 3d."""

import re

from shared.errors import InvalidInput

_AGE = re.compile(r"(\d{1,6})([smhd])")
_MS_PER_UNIT = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000}


def parse_age(option: str, age: str) -> int:
    """The age in ms; raises InvalidInput, naming the option, where it is none."""
    match = _AGE.fullmatch(age.strip())
    if not match:
        raise InvalidInput(f"{option}: {age!r} is no age: write it as 90s, 15m, 2h or 3d")
    return int(match[1]) * _MS_PER_UNIT[match[2]]


def ago(then_ms: int, now_ms: int) -> str:
    """How long ago, in the largest unit that fits: ``3d ago``; what lies ahead counts as now."""
    passed_ms = max(0, now_ms - then_ms)
    unit = next((unit for unit, length_ms in _MS_PER_UNIT.items() if passed_ms >= length_ms), "s")
    return f"{passed_ms // _MS_PER_UNIT[unit]}{unit} ago"
