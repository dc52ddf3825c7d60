"""Where the nodes of a drawing lie."""

import math

from hypothesis import given
from hypothesis import strategies as st

from services.search.ui.graph_layout import positions

SIZE, MARGIN = (700.0, 400.0), (80.0, 30.0)


def distance(places, one, other):
    return math.dist(places[one], places[other])


def test_what_belongs_together_lies_closer_than_what_does_not():
    nodes = ["centre", "friend", *(f"stranger {number}" for number in range(6))]
    edges = {("centre", "friend"): 1.0} | {(node, nodes[(at + 1) % 6 + 2]): 0.2 for at, node in enumerate(nodes[2:])}

    places = positions(nodes, edges, SIZE, MARGIN)

    assert distance(places, "centre", "friend") < min(distance(places, "centre", node) for node in nodes[2:])


def test_the_same_graph_looks_the_same_each_time():
    nodes, edges = list("abcdef"), {("a", "b"): 1.0, ("a", "c"): 0.5}

    assert positions(nodes, edges, SIZE, MARGIN) == positions(nodes, edges, SIZE, MARGIN)


@given(
    st.integers(1, 12).flatmap(
        lambda count: st.tuples(
            st.just([str(number) for number in range(count)]),
            st.dictionaries(
                st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda pair: pair[0] != pair[1]),
                st.floats(0.1, 1.0),
                max_size=20,
            ),
        )
    )
)
def test_every_node_lies_within_the_margin_and_apart_from_the_others(graph):
    nodes, pulls = graph

    places = positions(nodes, {(str(a), str(b)): pull for (a, b), pull in pulls.items()}, SIZE, MARGIN)

    assert list(places) == nodes
    assert len(set(places.values())) == len(nodes)
    assert all(80 <= x <= 620 and 30 <= y <= 370 for x, y in places.values())


def test_no_nodes_need_no_place():
    assert positions([], {}, SIZE, MARGIN) == {}
