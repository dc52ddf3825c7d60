"""GET /v1/facets: the ways to narrow a search, described."""

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.search.api.asking import asks_nothing
from services.search.problems import OPENAPI_RESPONSES
from shared.facets import FACETS, Facet, FacetKind


class FacetParameters(BaseModel):
    """The names in the query string that concern a facet."""

    include: str
    exclude: str
    mode: str
    size: str
    sort: str
    under: str | None = Field(description="of a tree: what lies below a value")


class FacetDescription(BaseModel):
    """One way to narrow a search."""

    name: str
    label: str
    kind: FacetKind = Field(description="plain: a value is its own label; labelled: an id with a label to read")
    description: str
    parameters: FacetParameters
    values: str = Field(description="where its values are listed and searched")

    @classmethod
    def of(cls, facet: Facet) -> "FacetDescription":
        about = f"facet.{facet.name}"
        parameters = FacetParameters(
            include=facet.name,
            exclude=f"not_{facet.name}",
            mode=f"{about}.mode",
            size=f"{about}.size",
            sort=f"{about}.sort",
            under=f"{about}.under" if facet.below else None,
        )
        return cls(
            name=facet.name,
            label=facet.label,
            kind=facet.kind,
            description=facet.description,
            parameters=parameters,
            values=f"/v1/facets/{facet.name}",
        )


class FacetRegistry(BaseModel):
    """All facets, in the order of the sidebar."""

    facets: tuple[FacetDescription, ...]


def facet_routes() -> APIRouter:
    """The routes of the resource."""
    router = APIRouter(tags=["facets"], responses=OPENAPI_RESPONSES)
    plain = [Depends(asks_nothing)]
    router.add_api_route("/v1/facets", _list_facets, summary="The facets and their parameters", dependencies=plain)
    return router


async def _list_facets() -> FacetRegistry:
    """Every facet that articles can be narrowed by."""
    return FacetRegistry(facets=tuple(FacetDescription.of(facet) for facet in FACETS))
