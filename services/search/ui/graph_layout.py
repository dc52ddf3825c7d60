"""Places the nodes of a small graph in a drawing so that what belongs together lies together; decides only.

Fruchterman and Reingold, "Graph drawing by force-directed placement" (1991): every pair of nodes pushes, every edge
pulls, and the steps grow smaller. It begins on a circle in the given order, so the same graph looks the same each time.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations

Point = tuple[float, float]
_STEPS = 150
_FIRST_STEP = 0.1
# Two nodes in one place are pushed apart as if they lay this far from each other.
_CLOSEST = 1e-3
_CENTRE = (0.5, 0.5)


def positions(
    nodes: Sequence[str], edges: Mapping[tuple[str, str], float], size: Point, margin: Point
) -> dict[str, Point]:
    """Where each node lies, within the margin of a drawing of this size; the first stays where it is put.

    Args:
        edges: pairs of nodes, and how strongly they pull, above 0 to 1.
        size, margin: to the side and downwards.
    """
    if not nodes:
        return {}
    places = {node: _on_circle(number, len(nodes)) for number, node in enumerate(nodes[1:])}
    places[nodes[0]] = _CENTRE
    ideal = math.sqrt(1 / len(nodes))
    for step in range(_STEPS):
        forces = _forces(nodes, edges, places, ideal)
        longest = _FIRST_STEP * (1 - step / _STEPS)
        for node in nodes[1:]:
            places[node] = _moved(places[node], forces[node], longest)
    return _fitted({node: places[node] for node in nodes}, size, margin)


def _on_circle(number: int, count: int) -> Point:
    angle = 2 * math.pi * number / max(count - 1, 1)
    return (_CENTRE[0] + 0.4 * math.cos(angle), _CENTRE[1] + 0.4 * math.sin(angle))


def _forces(
    nodes: Sequence[str], edges: Mapping[tuple[str, str], float], places: Mapping[str, Point], ideal: float
) -> dict[str, list[float]]:
    forces = {node: [0.0, 0.0] for node in nodes}
    for one, other in combinations(nodes, 2):
        dx, dy, distance = _between(places[one], places[other])
        _push(forces, one, other, dx, dy, ideal**2 / distance / distance)
    for (one, other), strength in edges.items():
        dx, dy, distance = _between(places[one], places[other])
        _push(forces, one, other, dx, dy, -strength * distance / ideal)
    return forces


def _between(one: Point, other: Point) -> tuple[float, float, float]:
    dx, dy = one[0] - other[0], one[1] - other[1]
    return dx, dy, max(math.hypot(dx, dy), _CLOSEST)


def _push(forces: dict[str, list[float]], one: str, other: str, dx: float, dy: float, force: float) -> None:
    forces[one][0] += dx * force
    forces[one][1] += dy * force
    forces[other][0] -= dx * force
    forces[other][1] -= dy * force


def _moved(place: Point, force: Sequence[float], longest: float) -> Point:
    length = math.hypot(*force)
    share = min(length, longest) / length if length else 0.0
    return (place[0] + force[0] * share, place[1] + force[1] * share)


def _fitted(places: Mapping[str, Point], size: Point, margin: Point) -> dict[str, Point]:
    xs, ys = [x for x, _ in places.values()], [y for _, y in places.values()]
    return {
        node: (_scaled(x, xs, size[0], margin[0]), _scaled(y, ys, size[1], margin[1]))
        for node, (x, y) in places.items()
    }


def _scaled(value: float, values: Sequence[float], size: float, margin: float) -> float:
    low, high = min(values), max(values)
    share = (value - low) / (high - low) if high > low else 0.5
    return round(margin + share * (size - 2 * margin), 1)
