from services.crawler.extraction import blocks, markup
from services.crawler.extraction.roles import WEAK_NOISE

SENTENCE = "The council of the town met on Monday, and decided to keep the weir for another year."


def page(body, **how):
    return blocks.read(markup.parse(f"<html><body>{body}</body></html>".encode(), None), **how)


def texts(body, **how):
    return [block.text for block in page(body, **how).blocks]


def test_every_element_that_breaks_a_line_begins_a_block():
    assert texts("a<p>b <b>c</b> d</p>e<ul><li>f<li>g</ul><br>h<br>i") == ["a", "b c d", "e", "f", "g", "h", "i"]


def test_blanks_are_one_blank():
    assert texts("<p>\n a \t\u00a0 b\n</p>") == ["a b"]


def test_what_is_never_text_is_passed_over_and_what_follows_it_is_not():
    silent = "<script>s</script><style>s</style><nav>s</nav><footer>s</footer><button>s</button>"

    assert texts(f"<p>a{silent}b</p>") == ["ab"]


def test_surroundings_are_read_where_everything_is_asked_for():
    assert texts("<footer><p>a</p></footer>") == []
    assert texts("<footer><p>a</p></footer>", everything=True) == ["a"]


def test_a_block_knows_how_much_of_it_is_linked():
    (block,) = page('<p>see <a href="/x">the <i>weir</i></a> now</p>').blocks

    assert block.linked == len("the weir")


def test_a_block_knows_the_closest_element_that_says_what_it_is():
    found = page("<div>a</div><li><div>b</div></li><h2>c</h2><td>d</td>").blocks

    assert [block.tag for block in found] == ["div", "div", "h2", "td"]


def test_only_running_text_has_weight():
    sentence, heading, links, label = page(
        f'<p>{SENTENCE}</p><h2>{SENTENCE}</h2><p><a href="/x">{SENTENCE}</a></p><p>Most read</p>'
    ).blocks

    assert (sentence.weight, heading.weight, links.weight, label.weight) == (len(SENTENCE), 0, 0, 0)


def test_regions_know_what_lies_in_them_and_what_they_lie_in():
    found = page('<div class="card"><p>a</p><p>b</p></div><p>c</p>')

    card = next(region for region in found.regions if region.noise == WEAK_NOISE)

    assert [block.text for block in found.blocks[card.start : card.end]] == ["a", "b"]
    assert found.regions[card.parent].tag == "body"


def test_the_outer_region_stands_before_the_inner():
    found = page("<div><section><p>a</p></section></div><article>b</article>")

    assert all(region.parent < number for number, region in enumerate(found.regions))


def test_of_regions_that_hold_nothing_one_is_kept_and_those_that_quote():
    found = page("<div></div><div><div></div></div><blockquote></blockquote><p>a</p><div></div>")

    assert [region.tag for region in found.regions] == ["html", "body", "div", "blockquote", "p"]
    assert [(region.start, region.end) for region in found.regions[2:]] == [(0, 0), (0, 0), (0, 1)]


def test_blanks_of_a_link_before_a_line_are_none_of_it():
    found = page('<a href="/x"> \n</a><p>a</p><p><a href="/x">\n b</a></p>').blocks

    assert [(block.text, block.linked) for block in found] == [("a", 0), ("b", 1)]


def test_a_page_without_end_is_read_up_to_a_bound():
    found = page("<div><p>" + "x<br>" * 200_000)

    assert 0 < len(found.blocks) < 100_000
    assert all(region.end <= len(found.blocks) for region in found.regions)
    assert found.regions[0].end == len(found.blocks)
