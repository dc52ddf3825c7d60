"""The colours of the style sheet, read from it and measured as WCAG 2.2 measures them."""

import re

import pytest

from services.search.ui.pages import STATIC_FILES

STYLES = (STATIC_FILES / "newsweir.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root \{(.*?)\}", STYLES, re.DOTALL)
)
TYPES = ("organization", "person", "location", "product", "technology", "event", "norp", "money", "topic", "accent")
# How much of its colour a chip's background has.
TINT = float(re.search(r"\.chip \{.*?var\(--tint\) (\d+)%", STYLES, re.DOTALL)[1]) / 100
PAIRS = [("ink", "page"), ("ink", "card"), ("ink", "mark"), ("quiet", "page"), ("quiet", "card"), ("accent", "page"),
         ("accent", "accent-soft"), ("quiet", "accent-soft"), ("accent-ink", "accent"),
         ("warn", "warn-soft"), ("good", "good-soft"), ("quiet", "sunken"), ("ink", "sunken")]  # fmt: skip


def channels(colour):
    return [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]


def luminance(rgb):
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(colours, text, ground):
    assert contrast(channels(colours[text]), channels(colours[ground])) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("kind", TYPES)
def test_the_name_on_a_chip_stands_out_from_its_tint(colours, kind):
    text, card = channels(colours[kind]), channels(colours["card"])
    ground = [TINT * a + (1 - TINT) * b for a, b in zip(text, card, strict=True)]

    assert contrast(text, ground) >= 4.5


def test_nothing_is_fetched_from_elsewhere():
    for path in STATIC_FILES.iterdir():
        content = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")

        assert not re.search(r"https?://|//[a-z]+\.|url\(", content), path.name
