"""The tests that SECURITY.md names stand where they should: in the tree."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(test_[a-z0-9_]+)`")
DEFINED = re.compile(r"^\s*(?:async )?def (test_[a-z0-9_]+)", re.MULTILINE)


def test_every_threat_has_tests_that_exist():
    rows = [line for line in (ROOT / "SECURITY.md").read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    threats = rows[1:]
    defined = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in DEFINED.findall(path.read_text(encoding="utf-8"))
    }

    assert [row for row in threats if not NAMED.search(row)] == []
    assert [name for row in threats for name in NAMED.findall(row) if name not in defined] == []
    assert len(threats) > 10
