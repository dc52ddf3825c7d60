"""Who is given an office by whom."""

import pytest


@pytest.mark.parametrize(
    "sentence",
    [
        "[Meridian] promoted [person:Ada Byron] to finance chief.",
        "[Meridian] poached [person:Ada Byron] from a rival.",
        "[person:Ada Byron] becomes chairwoman of [Meridian] next month.",
        "[person:Ada Byron] is to become [Meridian]'s chief financial officer.",
        "[person:Ada Byron] took over as president of [Meridian].",
        "[person:Ada Byron] replaces [person:Carl Gauss] as chief executive of [Meridian].",
        "[person:Ada Byron] was promoted to treasurer of [Meridian].",
    ],
)
def test_who_comes_into_an_office_is_appointed_by_its_body(said, sentence):
    assert said(sentence) == ["Meridian appoints Ada Byron"]


@pytest.mark.parametrize(
    "sentence",
    [
        "[person:Ada Byron] became a critic of [Meridian].",
        "[person:Ada Byron] became rich after she left as director of [Meridian].",
        "[Quartz] replaces [Meridian] in the index.",
    ],
)
def test_who_becomes_something_else_is_not(said, sentence):
    assert said(sentence) == []
