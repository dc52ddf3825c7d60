"""The locks on the layout: what a stranger may rely on when looking for something."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = sorted([*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")])
SERVICES = ("crawler", "enrichment", "indexing", "search", "newsroom", "cli")
MAX_MODULE_LINES = 500
MAX_FUNCTION_LINES_P90 = 25
MIN_TEST_TO_CODE = 0.8


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(text_of(path))


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    return list(ast.walk(parsed(path)))


def names(paths: list[Path]) -> list[str]:
    return [str(path.relative_to(ROOT)) for path in paths]


@cache
def imported_by(path: Path) -> set[str]:
    modules: set[str] = set()
    for node in nodes_of(path):
        if isinstance(node, ast.ImportFrom) and node.module:
            modules |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
    return modules


def test_every_module_opens_with_one_sentence_of_responsibility():
    silent = [path for path in CODE if not ast.get_docstring(parsed(path))]

    assert names(silent) == []


def test_no_room_is_called_after_nothing():
    vague = [
        path
        for path in CODE
        if set(path.relative_to(ROOT).with_suffix("").parts) & {"utils", "common", "helpers", "base"}
    ]

    assert names(vague) == []


def test_no_module_is_longer_than_a_reader_can_hold():
    long = [path for path in CODE if len(text_of(path).splitlines()) > MAX_MODULE_LINES]

    assert names(long) == []


def test_nine_of_ten_functions_fit_on_half_a_screen():
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in CODE
        for node in nodes_of(path)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )

    assert lengths[len(lengths) * 9 // 10] <= MAX_FUNCTION_LINES_P90


def test_the_tests_are_not_much_shorter_than_the_code():
    def lines(paths):
        return sum(len(text_of(path).splitlines()) for path in paths)

    tests = list((ROOT / "tests").rglob("*.py"))

    assert lines(tests) >= MIN_TEST_TO_CODE * lines(CODE)


@pytest.mark.parametrize(
    "entry", sorted(path.stem for path in (ROOT / "shared").iterdir() if not path.name.startswith("__"))
)
def test_what_is_shared_serves_two_services(entry):
    """Directly, or through another entry of shared/."""
    module = f"shared.{entry}"
    reached = {service: closure(service) for service in SERVICES}

    users = [
        service
        for service, modules in reached.items()
        if any(m == module or m.startswith(module + ".") for m in modules)
    ]

    assert len(users) >= 2


@cache
def closure(service: str) -> set[str]:
    seen: set[str] = set()
    waiting = [path for path in CODE if path.is_relative_to(ROOT / "services" / service)]
    while waiting:
        for module in imported_by(waiting.pop()) - seen:
            if not module.startswith("shared"):
                continue
            seen.add(module)
            base = ROOT / Path(*module.split("."))
            waiting += [path for path in (base.with_suffix(".py"), base / "__init__.py") if path.exists()]
    return seen


def test_streams_are_named_in_the_topology_only():
    from shared.topology import STREAMS

    quoted = [f'"{stream.name}"' for stream in STREAMS]
    elsewhere = [path for path in CODE if path.name != "topology.py" and any(q in text_of(path) for q in quoted)]

    assert names(elsewhere) == []


def test_what_make_test_does_not_look_at_needs_something():
    elsewhere = set((ROOT / "tests").rglob("test_*.py")) - {
        path for folder in ("unit", "contract", "integration") for path in (ROOT / "tests" / folder).rglob("test_*.py")
    }
    marks = ("mark.slow", "mark.browser", "mark.deploy", "mark.docker", "mark.elasticsearch", "mark.redis_server")
    marked = {
        path
        for path in elsewhere
        for node in parsed(path).body
        if ast.unparse(node).startswith("pytestmark = ") and any(mark in ast.unparse(node) for mark in marks)
    }

    assert names(sorted(elsewhere - marked)) == []
    assert marked
