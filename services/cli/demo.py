"""The plan of `newsweir demo`: everything over the bundled newsroom, in a data folder of its own."""

import sys
from dataclasses import replace
from pathlib import Path

from services.cli.fleet import SEARCH, Ports
from services.cli.run import Plan
from services.newsroom.outlets import OUTLETS, sources_yaml
from services.newsroom.settings import OUTLET_COUNT, NewsroomSettings
from shared.settings import variable_of
from shared.sources import parse_sources

_HOST = "127.0.0.1"


def demo_plan(plan: Plan, newsroom: NewsroomSettings) -> Plan:
    """The plan of a run, changed to read the newsroom's outlets and nothing else."""
    data_dir = plan.data_dir / "demo"
    names = "\n".join(f"  {outlet.base_url(newsroom)}/  {outlet.name}" for outlet in OUTLETS)
    api = SEARCH.url(plan.http)
    # As the other terminal can type it, whatever is on its PATH.
    program = Path(sys.executable).with_name("newsweir")
    return replace(
        plan,
        command="newsweir demo",
        data_dir=data_dir,
        before=("newsroom",),
        ports=(Ports(_HOST, newsroom.newsroom_port, OUTLET_COUNT, variable_of("newsroom_port")),),
        environment={
            "allow_loopback": True,
            # The outlets are on this machine, and nobody minds how often they are asked.
            "host_delay_s": 0.05,
            "feed_interval_min_s": 10,
            "feed_interval_max_s": 60,
            "fetch_retry_s": 2,
            "article_revisits_s": "20,120,900,86400",
            # Most people of the invented stories are in no knowledge base.
            "enrichment_tier": "full",
        },
        sources=parse_sources(sources_yaml(newsroom), "the newsroom"),
        greeting=f"a newsroom of invented outlets is served, crawled, understood and indexed:\n{names}",
        hints=(
            "try next, from another terminal:\n"
            f"  curl '{api}/v1/articles?q=battery&size=3'\n"
            f"  NEWSWEIR_DATA_DIR='{data_dir}' {program} search 'battery' --facet language=en\n"
            f"  NEWSWEIR_DATA_DIR='{data_dir}' {program} status"
        ),
    )
