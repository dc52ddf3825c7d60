"""Which blocks of a page are its article: those of the region that holds it, without the noise inside.

What class names say is not taken at their word: a name of noise that stands around most of the page does not mean it,
and neither does a name of an article that holds next to nothing. The shares are of the weight of running text; they
were chosen on one half of the pages of the evaluation sets and measured on the other (docs/evaluation.md).
"""

from collections.abc import Callable, Iterable
from itertools import accumulate
from operator import sub

from services.crawler.extraction.blocks import Block, Page, Region
from services.crawler.extraction.roles import DECLARED_ARTICLE, LIKELY_ARTICLE, STRONG_NOISE, SURE_NOISE, WEAK_NOISE

# Of the page: above it a name of noise is not believed.
_WHOLE_PAGE = 0.8
_MOST_OF_THE_PAGE = 0.4
# Of the page: below it noise has swallowed the article, or what is named article is none.
_LITTLE_LEFT = 0.2
_LEAST_ARTICLE = 0.3
# Of the article: below it the weak names inside are not believed.
_HALF = 0.5
# Of the best region: an inner one that holds so much is the tighter fit.
_TIGHT = 0.85
_TIGHT_WITHOUT_NAMES = 0.75
_OTHER_ARTICLE = 0.15
# In characters of running text.
_AN_ARTICLE = 600
_A_PARAGRAPH = 150


def article_blocks(page: Page) -> list[Block]:
    """The blocks of the page's article, in order; empty where there is no block at all."""
    weights = _Weights(page)
    noise = _believed_noise(page, weights)
    kept = weights.without(noise)
    best = _best(page, noise, kept)
    if best is not None:
        noise = _noise_inside(page, weights, noise, best)
        kept = weights.without(noise)
    root = _tightest(page, noise, kept, best)
    span = range(root.start, root.end) if root else range(len(page.blocks))
    silenced = _covered(len(page.blocks), (page.regions[number] for number in noise))
    return [page.blocks[number] for number in span if not silenced[number]]


class _Weights:
    """The weight of each region, with all or without noise."""

    def __init__(self, page: Page) -> None:
        sums = [0, *accumulate(block.weight for block in page.blocks)]
        self.whole = [sums[region.end] - sums[region.start] for region in page.regions]
        self.page = sums[-1]
        # Inner before outer.
        self._upwards = [(number, region.parent) for number, region in enumerate(page.regions)][::-1]

    def without(self, noise: set[int]) -> list[int]:
        """The weight of each region but for the noise strictly inside it."""
        if not noise:
            return self.whole
        whole = self.whole
        # One more, for the parent of the root, which is -1.
        lost = [0] * (len(whole) + 1)
        for number, parent in self._upwards:
            gone = whole[number] if number in noise else lost[number]
            if gone:
                lost[parent] += gone
        lost.pop()
        return list(map(sub, whole, lost))


def _believed_noise(page: Page, weights: _Weights) -> set[int]:
    strong = _numbers(page, lambda region: region.noise >= STRONG_NOISE) - _embedding(page)
    weak = _numbers(page, lambda region: region.noise == WEAK_NOISE)
    articles = _articles(page, weights.without(strong | weak), strong | weak)
    strong = _believed(page, strong, articles, weights.whole, _WHOLE_PAGE * weights.page)
    without_strong = weights.without(strong)
    weak = _believed(page, weak, articles, without_strong, _MOST_OF_THE_PAGE * _first(without_strong))
    left = weights.without(strong | weak)
    if _first(left) < _LITTLE_LEFT * weights.page and not _articles(page, left, strong | weak):
        return _numbers(page, lambda region: region.noise == SURE_NOISE or region.tag in ("aside", "figcaption"))
    return strong | weak


def _believed(page: Page, noise: set[int], articles: list[Region], held: list[int], most: float) -> set[int]:
    """Of the noise, what holds no more than most of the page, or stands beside an article."""
    return {number for number in noise if held[number] <= most or _stands_beside(page.regions[number], articles)}


def _embedding(page: Page) -> set[int]:
    """Regions around little more than a quotation: posts of social networks are embedded as such."""
    around = set()
    for region in page.regions:
        number = region.parent
        while region.tag == "blockquote" and number >= 0 and _size(page.regions[number]) <= _size(region) + 1:
            around.add(number)
            number = page.regions[number].parent
    return {number for number in around if page.regions[number].noise == STRONG_NOISE}


def _articles(page: Page, kept: list[int], noise: set[int]) -> list[Region]:
    """Regions by name an article, outside of noise, that hold as much text as one."""
    inside = _inside_noise(page, noise)
    return [
        region
        for number, region in enumerate(page.regions)
        if region.article and kept[number] >= _AN_ARTICLE and not inside[number]
    ]


def _stands_beside(region: Region, articles: list[Region]) -> bool:
    first_end = min((article.end for article in articles), default=region.end)
    last_start = max((article.start for article in articles), default=region.start)
    return first_end <= region.start or last_start >= region.end


def _best(page: Page, noise: set[int], kept: list[int]) -> int | None:
    """The region that holds most, of those with the name of an article."""
    inside = _inside_noise(page, noise)
    total = _first(kept)

    def worth(number: int) -> float:
        region = page.regions[number]
        worth = kept[number] * (1.3 if region.article == DECLARED_ARTICLE else 1.0)
        if inside[number]:
            # Teasers of other articles are <article> too.
            worth *= 0.25 if region.tag == "article" else 0.5
        return worth

    named = [number for number, region in enumerate(page.regions) if region.article >= LIKELY_ARTICLE]
    best = max(named, key=worth, default=None)
    return best if best is not None and worth(best) >= max(_A_PARAGRAPH, _LEAST_ARTICLE * total) else None


def _noise_inside(page: Page, weights: _Weights, noise: set[int], best: int) -> set[int]:
    """The noise without what stands around the article, and without weak names that would halve it."""
    noise = noise - set(_ancestry(page, best))
    strong = {number for number in noise if page.regions[number].noise >= STRONG_NOISE}
    if weights.without(noise)[best] >= _HALF * weights.without(strong)[best]:
        return noise
    return {number for number in noise if number in strong or not _within(page.regions[number], page.regions[best])}


def _tightest(page: Page, noise: set[int], kept: list[int], best: int | None) -> Region | None:
    """The smallest region that still holds the article; None where no region does."""
    inside = _inside_noise(page, noise)
    weight = [0 if inside[number] else kept[number] for number in range(len(kept))]
    if best is None:
        fitting = [r for r, w in zip(page.regions, weight, strict=True) if w >= _TIGHT_WITHOUT_NAMES * _first(kept)]
        return min(fitting, key=_size, default=None)
    around, needed = page.regions[best], _TIGHT * weight[best]
    within = [(r, w) for r, w in zip(page.regions, weight, strict=True) if r.article and _within(r, around)]
    fitting = [region for region, held in within if held >= needed]
    elements = [(r, w) for r, w in within if r.tag == "article" and w >= _OTHER_ARTICLE * needed]
    if len(elements) == 1 and elements[0][1] > _HALF * needed:
        fitting.append(elements[0][0])
    return min(fitting, key=_size, default=around)


def _inside_noise(page: Page, noise: set[int]) -> list[bool]:
    """Of each region, whether it or one around it is noise."""
    inside: list[bool] = []
    for number, region in enumerate(page.regions):
        inside.append(number in noise or (region.parent >= 0 and inside[region.parent]))
    return inside


def _ancestry(page: Page, number: int) -> Iterable[int]:
    while number >= 0:
        yield number
        number = page.regions[number].parent


def _covered(blocks: int, regions: Iterable[Region]) -> list[int]:
    changes = [0] * (blocks + 1)
    for region in regions:
        changes[region.start] += 1
        changes[region.end] -= 1
    return list(accumulate(changes))


def _numbers(page: Page, holds: Callable[[Region], bool]) -> set[int]:
    return {number for number, region in enumerate(page.regions) if holds(region)}


def _within(inner: Region, outer: Region) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _size(region: Region) -> int:
    return region.end - region.start


def _first(weights: list[int]) -> int:
    return weights[0] if weights else 0
