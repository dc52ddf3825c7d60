import pytest

from services.search.ui.login_pages import login_path, own_path


@pytest.mark.parametrize("path", ["/", "/deals", "/?q=battery&person=person:ada", "/articles/ab?x=%2F"])
def test_a_reader_goes_on_to_a_path_of_ours(path):
    assert own_path(path) == path


@pytest.mark.parametrize(
    "path",
    ["", "https://evil.example/", "//evil.example", "/\\evil.example", "evil", "/\t/evil.example", "/" + "a" * 2001],
)
def test_no_link_sends_a_reader_elsewhere_after_the_login(path):
    assert own_path(path) == "/"


def test_the_way_to_the_login_keeps_what_was_asked_for():
    assert login_path("/?q=a&size=5") == "/login?next=/%3Fq%3Da%26size%3D5"
    assert login_path("/") == "/login"
