"""Fills the templates of the pages; every value is escaped."""

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from services.search.ui.links import SECTIONS

_TEMPLATES = Path(__file__).parent / "templates"


class Renderer:
    """The templates, loaded once.

    Args:
        with_login: whether every page offers to log out.
        remote_images: whether articles show their picture, which the browser loads from its site.
    """

    def __init__(self, *, with_login: bool = False, remote_images: bool = False) -> None:
        self._environment = _environment(with_login=with_login, remote_images=remote_images)

    def page(self, template: str, **values: object) -> Response:
        """The template, filled; a name that it uses and is not given is an error."""
        return HTMLResponse(self._environment.get_template(template).render(**values))


@lru_cache
def _environment(*, with_login: bool, remote_images: bool) -> Environment:
    """One for each way to set it: compiling a template takes 20 ms, and every service of a process shares them."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"sections": SECTIONS, "with_login": with_login, "remote_images": remote_images}
    return environment
