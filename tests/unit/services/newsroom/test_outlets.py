import yaml

from services.newsroom.outlets import OUTLETS, sources, sources_yaml
from services.newsroom.settings import OUTLET_COUNT, NewsroomSettings
from shared.sources import parse_sources


def test_every_outlet_is_a_source_that_the_crawler_accepts():
    document = sources_yaml(NewsroomSettings())

    parsed = parse_sources(document, "newsroom")

    assert [source.id for source in parsed] == [outlet.id for outlet in OUTLETS]
    assert all(source.doors for source in parsed)
    assert yaml.safe_load(document)["sources"] == sources(NewsroomSettings())


def test_the_ports_follow_the_setting_and_each_outlet_has_its_own():
    urls = [source["url"] for source in sources(NewsroomSettings(newsroom_port=9200))]

    assert urls == [f"http://127.0.0.1:{9200 + n}/" for n in range(OUTLET_COUNT)]


def test_the_section_without_a_feed_is_named_as_a_listing():
    listings = [listing for source in sources(NewsroomSettings()) for listing in source["listings"]]

    assert listings == ["http://127.0.0.1:8103/regional/"]
