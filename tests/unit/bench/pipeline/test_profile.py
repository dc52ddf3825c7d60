from collections import Counter
from pathlib import Path

import pytest

from tests.bench.pipeline.profile import ROOT, is_ours, own_time, shares

FETCH = f"Fetcher.fetch ({ROOT}/services/crawler/fetch.py:120)"
READ = f"read ({ROOT}/shared/bus/envelope.py:30)"
PARSE = f"parse ({ROOT}/.venv/lib/python3.11/site-packages/services/parse.py:3)"


def test_time_counts_for_the_innermost_function_of_each_stack():
    stacks = [f'process 7:"python -m x";main (a.py:1);{FETCH} 12', f'process 8:"x";main (a.py:1);{FETCH};{PARSE} 3']

    assert own_time([*stacks, f'process 9:"x";{FETCH} 1']) == {FETCH: 13, PARSE: 3}


@pytest.mark.parametrize(
    ("frame", "ours"),
    [(FETCH, True), (READ, True), (PARSE, False), ("<module> (/usr/lib/python3.11/json/__init__.py:1)", False)],
)
def test_what_is_installed_beside_the_project_is_not_of_it(frame, ours):
    assert is_ours(frame, Path(ROOT)) == ours


def test_a_service_s_share_of_all_time_is_divided_among_the_functions_that_were_seen_in_it():
    seen = {"crawler": Counter({FETCH: 50, PARSE: 150}), "indexing": Counter({READ: 10})}

    found = shares(seen, {"crawler": 8.0, "indexing": 1.0, "broker": 1.0})

    assert [(round(share, 6), frame) for share, _, frame in found] == [(0.6, PARSE), (0.2, FETCH), (0.1, READ)]
