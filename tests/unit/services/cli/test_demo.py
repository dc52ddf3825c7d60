import pytest

from services.cli.demo import demo_plan
from services.cli.run import Plan
from services.crawler.settings import CrawlerSettings
from services.newsroom.settings import OUTLET_COUNT, NewsroomSettings
from shared.settings import BusSettings, HttpSettings, load, variable_of


@pytest.fixture
def plan(tmp_path) -> Plan:
    run = Plan("newsweir run", tmp_path, BusSettings(), HttpSettings(http_port=9000))
    return demo_plan(run, NewsroomSettings(newsroom_port=9100))


def test_the_demo_has_a_data_folder_of_its_own(plan, tmp_path):
    assert plan.data_dir == tmp_path / "demo"
    assert f"NEWSWEIR_DATA_DIR='{tmp_path / 'demo'}'" in plan.hints


def test_each_outlet_is_a_source_on_the_newsrooms_ports(plan):
    assert [source.url for source in plan.sources] == [f"http://127.0.0.1:{9100 + n}/" for n in range(OUTLET_COUNT)]
    assert all(source.doors for source in plan.sources)


def test_the_newsroom_comes_up_first_and_its_ports_are_checked(plan):
    (ports,) = plan.ports

    assert plan.before == ("newsroom",)
    assert (ports.first, ports.count, ports.variable) == (9100, OUTLET_COUNT, "NEWSWEIR_NEWSROOM_PORT")


def test_the_crawler_understands_the_pace_that_the_demo_sets(plan):
    environment = {variable_of(name): str(value) for name, value in plan.environment.items()}

    crawler = load(CrawlerSettings, environment)

    assert crawler.allow_loopback
    assert crawler.host_delay_s < 1
    assert crawler.article_revisits_s[0] < 60
