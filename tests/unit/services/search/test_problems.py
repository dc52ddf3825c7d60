import json

import pytest
from starlette.exceptions import HTTPException

from services.search.finding.catalogue import ModelUnavailable, UnknownArticle
from services.search.parameters.query_string import InvalidParameter
from services.search.problems import KINDS, problem_of, to_response
from services.search.query_language.mistakes import QueryMistake
from services.search.query_language.reading import read
from services.search.starting_again import StartAgain
from shared.article_store.sealing import open_cursor
from shared.errors import DependencyUnavailable, InvalidCursor, InvalidInput, LimitExceeded
from tests.builders import NOON


@pytest.mark.parametrize(
    ("error", "status", "slug"),
    [
        (InvalidParameter("size", "no number"), 400, "invalid-parameter"),
        (InvalidInput("no JSON"), 400, "invalid-request"),
        (InvalidCursor("cursor of another query"), 400, "invalid-parameter"),
        (LimitExceeded("too deep"), 400, "too-much"),
        (UnknownArticle("no article"), 404, "unknown-article"),
        (StartAgain("not kept", "/v1/articles?q=a"), 410, "page-expired"),
        (HTTPException(404), 404, "not-found"),
        (HTTPException(405, headers={"Allow": "GET"}), 405, "method-not-allowed"),
        (DependencyUnavailable("no index"), 503, "store-unavailable"),
        (ModelUnavailable("no vector"), 503, "model-unavailable"),
        (HTTPException(418), 500, "internal-error"),
        (ZeroDivisionError("secret"), 500, "internal-error"),
    ],
)
def test_each_error_is_the_problem_it_is_to_the_one_who_asked(error, status, slug):
    problem = problem_of(error)

    assert (problem.kind.status, problem.kind.slug) == (status, slug)


def test_a_problem_names_the_parameter_at_fault():
    response = to_response(problem_of(InvalidParameter("size", "no number from 1 to 200")), "/v1/articles")

    assert response.media_type == "application/problem+json"
    assert json.loads(response.body) == {
        "type": "/docs#invalid-parameter",
        "title": "A parameter does not fit",
        "status": 400,
        "detail": "size: no number from 1 to 200",
        "instance": "/v1/articles",
        "parameter": "size",
    }


def test_a_mistake_in_a_query_is_shown_where_it_is():
    with pytest.raises(QueryMistake) as caught:
        read("battery OR", NOON)

    body = json.loads(to_response(problem_of(caught.value), "/v1/articles").body)

    assert (body["type"], body["parameter"]) == ("/docs#invalid-query", "q")
    assert (body["position"], body["length"]) == (8, 2)
    assert body["excerpt"] == "battery OR\n        ^^"


def test_an_absent_store_says_when_to_ask_again_and_not_where_it_is():
    response = to_response(problem_of(DependencyUnavailable("no index in /srv/newsweir")), "/v1/articles")

    assert response.headers["Retry-After"] == "5"
    assert b"/srv/newsweir" not in response.body


def test_an_error_that_nobody_foresaw_tells_nothing_of_the_inside():
    response = to_response(problem_of(RuntimeError("password=hunter2")), "/v1/articles")

    assert b"hunter2" not in response.body
    assert b"RuntimeError" not in response.body


def test_the_method_that_would_do_is_named():
    problem = problem_of(HTTPException(405, headers={"Allow": "GET"}))

    assert problem.headers == {"Allow": "GET"}


def test_no_two_kinds_share_an_anchor():
    assert len({kind.slug for kind in KINDS}) == len(KINDS)


def test_a_cursor_of_another_question_is_said_to_be_the_parameter_at_fault():
    with pytest.raises(InvalidCursor) as caught:
        open_cursor("battery", "abc")

    assert problem_of(caught.value).parameter == "cursor"
