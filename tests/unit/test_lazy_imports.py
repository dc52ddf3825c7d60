"""What a command does not need, it does not import: --help answers in a third of a second."""

import subprocess
import sys

import pytest

HEAVY = ("faststream", "trafilatura", "tantivy", "elasticsearch", "fastapi", "redis", "spacy", "rich.markdown")
SCRIPT = """
import sys
from services.cli.main import main
sys.argv = ["newsweir", *{arguments}]
try:
    main()
except SystemExit:
    pass
print([name for name in {names} if name in sys.modules], file=sys.stderr)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"], ["sources", "add", "--help"]])
def test_help_imports_nothing_heavy(arguments):
    script = SCRIPT.format(arguments=arguments, names=HEAVY)

    command = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert command.stderr.strip() == "[]"
