"""Parameters that our own readers read, as OpenAPI describes them."""

from collections.abc import Iterable
from typing import Any

from services.search.parameters.form import AnyParameter

_LISTS = {"style": "form", "explode": True}


def described(parameters: Iterable[AnyParameter]) -> list[dict[str, Any]]:
    """Parameters of the query string."""
    return [
        {
            "name": parameter.name,
            "in": "query",
            "required": False,
            "description": parameter.description,
            "schema": parameter.schema,
            **(_LISTS if parameter.is_list else {}),
        }
        for parameter in parameters
    ]


def json_body(parameters: Iterable[AnyParameter], example: dict[str, Any]) -> dict[str, Any]:
    """The same parameters as the properties of a JSON object."""
    properties = {
        parameter.name: {**parameter.schema, "description": parameter.description} for parameter in parameters
    }
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}
