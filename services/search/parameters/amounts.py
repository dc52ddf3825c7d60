"""Amounts of US dollars, as people write them."""

import re

_AMOUNT = re.compile(r"(?P<number>[0-9]{1,15}(?:\.[0-9]{1,6})?)(?P<unit>k|m|mn|b|bn|t|tn)?")
_UNITS = {"": 1.0, "k": 1e3, "m": 1e6, "mn": 1e6, "b": 1e9, "bn": 1e9, "t": 1e12, "tn": 1e12}


def amount(text: str) -> float:
    """Dollars, as 2500000, 2.5m or 1bn; raises ValueError."""
    found = _AMOUNT.fullmatch(text.lower().replace("_", "").lstrip("$"))
    if found is None:
        raise ValueError(f"{text[:40]!r} is no amount like 2500000, 2.5m or 1bn")
    return float(found["number"]) * _UNITS[found["unit"] or ""]


def written_amount(dollars: float | None) -> str:
    """The amount so that `amount` reads it back; nothing where there is none."""
    return "" if dollars is None else f"{dollars:.6f}".rstrip("0").rstrip(".")
