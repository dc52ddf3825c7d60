import pytest

from services.search.starting_again import StartAgain, starting_again_at
from shared.errors import Expired, InvalidInput


def test_what_has_expired_is_told_with_the_link_to_start_again():
    with pytest.raises(StartAgain, match="not kept any more") as caught, starting_again_at("/v1/articles?q=a"):
        raise Expired("not kept any more")

    assert caught.value.link == "/v1/articles?q=a"


def test_other_errors_stay_what_they_are():
    with pytest.raises(InvalidInput), starting_again_at("/v1/articles?q=a"):
        raise InvalidInput("no cursor")
