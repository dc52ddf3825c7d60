import pytest
from starlette.datastructures import Headers

from services.search.access.authentication import presented_key, scope_needed


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({"Authorization": "Bearer abc"}, "abc"),
        ({"Authorization": "bearer  abc "}, "abc"),
        ({"X-API-Key": "abc"}, "abc"),
        ({"Authorization": "Basic dXNlcg==", "X-API-Key": "abc"}, "abc"),
        ({"Authorization": "Bearer"}, None),
        ({}, None),
    ],
)
def test_a_key_is_taken_from_either_header(headers, key):
    assert presented_key(Headers(headers)) == key


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/v1/articles", "read"),
        ("GET", "/v1/sources", "read"),
        *(("POST", f"/v1/{path}/search", "read") for path in ("articles", "relations", "quotes", "stories")),
        *(("POST", f"/v1/{path}", "read") for path in ("timeline", "export", "facets/person")),
        ("POST", "/v1/facets/person/more", "write"),
        ("POST", "/v1/alerts", "write"),
        ("DELETE", "/v1/alerts/1", "write"),
        ("POST", "/v1/sources", "admin"),
        ("DELETE", "/v1/sources/example", "admin"),
        ("POST", "/v1/sourcesque", "write"),
        ("BREW", "/v1/articles", "write"),
    ],
)
def test_what_changes_something_needs_more_than_reading(method, path, scope):
    assert scope_needed(method, path) == scope
