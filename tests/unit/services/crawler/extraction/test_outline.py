from services.crawler.extraction.outline import Outline
from tests.unit.services.crawler.extraction.pages import a_tree


def test_elements_are_found_by_tag_in_the_order_of_the_page_wherever_they_stand():
    tree = a_tree(
        "<meta name='one' content='1'>", "<h1>First</h1><div><meta name='two' content='2'><h1>Second</h1></div>"
    )

    outline = Outline(tree)

    assert outline.tree is tree
    assert [heading.text for heading in outline.all("h1")] == ["First", "Second"]
    assert [meta.get("name") for meta in outline.all("meta") if meta.get("name")] == ["one", "two"]
    assert list(outline.all("time")) == []


def test_a_page_of_nothing_but_times_is_looked_at_in_part():
    outline = Outline(a_tree("", "<time>noon</time>" * 6_000))

    assert len(outline.all("time")) == 5_000
