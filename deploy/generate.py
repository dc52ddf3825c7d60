"""Writes what is derived from the code: the tables of OPERATING.md, and files that deployments read.

`python -m deploy.generate` writes all of it; with ``--check`` it only names what is out of date.
"""

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.metrics import MetricWrapperBase
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from deploy.chart_values import values_schema, values_table_rows
from deploy.grafana_dashboards import DASHBOARDS, dashboard
from deploy.image_requirements import image_requirements
from deploy.kibana_objects import kibana_ndjson
from services.cli.settings_groups import owner_of, settings_groups
from shared import metrics
from shared.facets import FACETS
from shared.settings import variable_of
from shared.topology import STAGES, STREAMS, stages_reading

DEPLOY = Path(__file__).parent
CHART = DEPLOY / "helm" / "newsweir"
PAGE = DEPLOY.parent / "OPERATING.md"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def settings_table() -> str:
    """Variable, default and meaning of every setting."""
    return table(
        ["variable", "of", "default", "meaning"],
        (
            [f"`{variable_of(name)}`", owner_of(group), _default(field), field.description or ""]
            for group in settings_groups()
            for name, field in group.model_fields.items()
        ),
    )


def metrics_table() -> str:
    """Name, labels and meaning of every metric."""
    found = [metric for metric in vars(metrics).values() if isinstance(metric, MetricWrapperBase)]
    return table(
        ["metric", "kind", "labels", "meaning"],
        (
            [f"`{_exposed(described)}`", described.type, ", ".join(metric._labelnames), described.documentation]
            for metric in found
            for described in metric.describe()
        ),
    )


def facets_table() -> str:
    """Name and meaning of every facet."""
    return table(["facet", "heading", "meaning"], ([f"`{f.name}`", f.label, f.description] for f in FACETS))


def streams_table() -> str:
    """Every stream, its event, and who must have read an entry before it is trimmed."""
    return table(
        ["stream", "event", "read by", "kept"],
        (
            [
                f"`{stream.name}`",
                stream.event.__name__,
                ", ".join(f"`{stage.name}`" for stage in stages_reading(stream)) or "whoever wants to",
                f"about {stream.max_entries:,} entries" if stream.max_entries else "until all of them have it",
            ]
            for stream in STREAMS
        ),
    )


def stages_table() -> str:
    """Every stage with its limits and the keys of what failed."""
    return table(
        ["stage", "batch", "attempts", "visibility", "waits for a retry in", "dead letters"],
        (
            [
                f"`{s.name}`",
                str(s.batch_size),
                str(s.max_attempts),
                f"{s.visibility_s:g} s",
                f"`{s.retry_set}`",
                f"`{s.dead_letters}`",
            ]
            for s in STAGES
        ),
    )


def values_table() -> str:
    """Name, default and meaning of every value of the chart."""
    return table(["value", "default", "meaning"], values_table_rows())


TABLES = {
    "settings": settings_table,
    "metrics": metrics_table,
    "facets": facets_table,
    "streams": streams_table,
    "stages": stages_table,
}


def generated(tables: Mapping[str, Callable[[], str]], page: str) -> str:
    """The page with each table between its markers ``<!-- NAME -->`` and ``<!-- /NAME -->`` written anew."""
    for name, render in tables.items():
        marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
        # A backslash in a table is a backslash, not a group of the pattern.
        text = render().replace("\\", "\\\\")
        page, found = marked.subn(rf"\g<1>{text}\n\g<2>", page)
        if found != 1:
            raise SystemExit(f"a page needs the markers <!-- {name} --> and <!-- /{name} --> once")
    return page


def _exposed(described: Metric) -> str:
    return f"{described.name}_total" if described.type == "counter" else described.name


def _default(field: FieldInfo) -> str:
    if field.default is PydanticUndefined:
        return "(see meaning)"
    if field.default is None:
        return ""
    if isinstance(field.default, tuple):
        return "`" + ",".join(map(str, field.default)) + "`"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"


def _dashboard(name: str, _: str) -> str:
    return dashboard(name)


# Each generated file, and what it should hold, given what it holds now.
FILES: dict[Path, Callable[[str], str]] = {
    PAGE: partial(generated, TABLES),
    CHART / "README.md": partial(generated, {"values": values_table}),
    CHART / "values.schema.json": lambda _: values_schema(),
    DEPLOY / "image-requirements.txt": lambda _: image_requirements(),
    # A chart can read only what lies in its own folder.
    CHART / "files" / "rules.yml": lambda _: (DEPLOY / "prometheus" / "rules.yml").read_text(),
    DEPLOY / "kibana" / "newsweir.ndjson": lambda _: kibana_ndjson(),
    CHART / "files" / "newsweir.ndjson": lambda _: kibana_ndjson(),
    **{
        folder / f"{name}.json": partial(_dashboard, name)
        for folder in (DEPLOY / "grafana" / "dashboards", CHART / "files" / "grafana")
        for name in DASHBOARDS
    },
}


def out_of_date() -> dict[Path, str]:
    """The files that differ from what the code says, with what they should hold."""
    found = {path: path.read_text(encoding="utf-8") if path.exists() else "" for path in FILES}
    wanted = {path: FILES[path](content) for path, content in found.items()}
    return {path: content for path, content in wanted.items() if content != found[path]}


def main() -> int:
    """Write the files, or with --check name those that are out of date; 1 where there are any."""
    stale = out_of_date()
    if "--check" in sys.argv[1:]:
        for path in stale:
            sys.stderr.write(f"{path.relative_to(DEPLOY.parent)} is out of date: python -m deploy.generate\n")
        return int(bool(stale))
    for path, content in stale.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
