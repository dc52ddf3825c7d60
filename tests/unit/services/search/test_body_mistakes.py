import time

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from services.search.api.alert_models import AlertChange, AlertSpec
from services.search.body_mistakes import mistake_in
from services.search.problems import problem_of


def errors_of(body, model=AlertSpec):
    """What FastAPI makes of a body that does not fit."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(body)
    return [{**error, "loc": ("body", *error["loc"])} for error in caught.value.errors()]


def test_a_body_of_nothing_but_mistakes_is_answered_at_once():
    errors = errors_of(an_alert(**{f"field{number}": 1 for number in range(15_000)}))
    began_s = time.process_time()

    mistake = mistake_in(errors)

    assert time.process_time() - began_s < 1
    assert mistake.said.startswith("field0: unknown; see /docs; field1: unknown")


def an_alert(**fields):
    return {"name": "Batteries", "query": {"q": "battery"}, **fields}


@pytest.mark.parametrize(
    ("body", "said", "parameter"),
    [
        ({"query": "q=battery"}, "name: is needed", "name"),
        (an_alert(chanels=[]), "chanels: unknown; see /docs", "chanels"),
        (an_alert(name=""), "name: needs at least 1 characters", "name"),
        (an_alert(name=3), "name: 3 is no text", "name"),
        (an_alert(enabled="perhaps"), "enabled: 'perhaps' is neither true nor false", "enabled"),
        (an_alert(once_per="week"), "once_per: 'week' is none of article, story", "once_per"),
        (
            an_alert(channels=[{"kind": "pigeon"}]),
            "channels.0: kind: 'pigeon' is none of webhook, email",
            "channels",
        ),
        (an_alert(channels=[{"to": ["desk@news.example"]}]), "channels.0: kind: is needed", "channels"),
        (
            an_alert(channels=[{"kind": "email", "to": ["nope"]}]),
            "channels.0.email.to.0: 'nope' is no mail address like desk@news.example",
            "channels",
        ),
        (an_alert(channels=[{"kind": "email", "to": []}]), "channels.0.email.to: needs at least 1", "channels"),
    ],
)
def test_what_does_not_fit_is_said_in_words_with_its_field(body, said, parameter):
    mistake = mistake_in(errors_of(body))

    assert mistake.said == said
    assert mistake.parameter == parameter


def test_every_field_that_does_not_fit_is_named():
    mistake = mistake_in(errors_of({"name": "", "enabled": "x"}, AlertChange))

    assert mistake.said == "name: needs at least 1 characters; enabled: 'x' is neither true nor false"
    assert mistake.parameter == "name"


def test_an_address_that_ends_a_line_is_none():
    """A line break in an address would begin a header of its own."""
    mistake = mistake_in(errors_of(an_alert(channels=[{"kind": "email", "to": ["ada@news.example\n"]}])))

    assert "is no mail address" in mistake.said


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            {"type": "model_attributes_type", "loc": ("body",), "msg": "", "input": "x"},
            "the body is a JSON object, sent with Content-Type: application/json",
        ),
        (
            {"type": "json_invalid", "loc": ("body", 4), "msg": "", "input": {}, "ctx": {"error": "Expecting value"}},
            "the body is no JSON: Expecting value",
        ),
    ],
)
def test_a_body_that_is_no_object_is_said_to_be_none(error, said):
    problem = problem_of(RequestValidationError([error]))

    assert (problem.detail, problem.parameter) == (said, None)
