"""What is shown as found: marked, in passages, and never mistaken for markup or for marks of the text's own."""

from shared.article_store.query import HIGHLIGHT_END, HIGHLIGHT_START, AllOf, Expression, Highlights, Not, Words
from tests.builders import a_stored_article
from tests.contract.article_store.stores import Store


async def highlights(store: Store, *parts: Expression) -> Highlights:
    """Of the only hit, with the marks written as brackets."""
    (hit,) = (await store.search(where=AllOf(parts), highlight=True)).hits
    assert hit.highlights is not None
    title = hit.highlights.title
    return Highlights(title and bracketed(title), tuple(bracketed(text) for text in hit.highlights.text))


def bracketed(text: str) -> str:
    return text.replace(HIGHLIGHT_START, "[").replace(HIGHLIGHT_END, "]")


async def test_words_are_marked_in_all_their_forms(store: Store):
    await store.put(a_stored_article(1, title="Acme invests", text="It was investing, as investors said."))

    found = await highlights(store, Words("invested"))

    assert found == Highlights("Acme [invests]", ("It was [investing], as investors said.",))


async def test_a_phrase_is_marked_as_a_whole_and_only_where_it_stands(store: Store):
    await store.put(a_stored_article(1, title="Open the source", text="An open source model, open to all."))

    found = await highlights(store, Words("open source", phrase=True))

    assert found == Highlights(None, ("An [open source] model, open to all.",))


async def test_a_chinese_word_is_marked_within_its_sentence(store: Store):
    await store.put(a_stored_article(1, title="中国电池制造商", text="制造商投资欧洲。"))

    found = await highlights(store, Words("制造商"))

    assert found == Highlights("中国电池[制造商]", ("[制造商]投资欧洲。",))


async def test_markup_in_the_text_stays_text(store: Store):
    await store.put(
        a_stored_article(1, title="<script>alert(1)</script> council", text="<b>The council</b> met &amp; ate")
    )

    found = await highlights(store, Words("council"))

    assert found == Highlights("<script>alert(1)</script> [council]", ("<b>The [council]</b> met &amp; ate",))


async def test_marks_that_the_text_brings_along_are_taken_out(store: Store):
    forged = f"{HIGHLIGHT_START}forged{HIGHLIGHT_END} council"
    await store.put(a_stored_article(1, title=forged, text=forged))

    found = await highlights(store, Words("council"))

    assert found == Highlights("forged [council]", ("forged [council]",))


async def test_long_texts_are_shown_as_three_passages_around_the_best_matches(store: Store):
    filler = "word " * 100
    text = f"{filler}alpha {filler}alpha beta {filler}beta {filler}alpha {filler}"
    await store.put(a_stored_article(1, text=text))

    found = await highlights(store, Words("alpha"), Words("beta"))

    assert found.title is None
    assert [passage.count("[") for passage in found.text] == [1, 2, 1]
    assert all(len(passage) <= 170 for passage in found.text)
    assert "[alpha] [beta]" in found.text[1]


async def test_excluded_words_are_not_marked_and_nothing_is_marked_without_being_asked(store: Store):
    await store.put(a_stored_article(1))

    asked = await highlights(store, Not(Words("absent")), Words("monday"))
    (not_asked,) = (await store.search(where=Words("monday"))).hits

    assert asked == Highlights(None, ("The council met on [Monday] to discuss matter number 1.",))
    assert not_asked.highlights is None


async def test_scores_are_given_by_relevance_only(store: Store):
    await store.put(a_stored_article(1))

    (relevant,) = (await store.search(where=Words("council"))).hits
    (newest,) = (await store.search(where=Words("council"), sort="newest")).hits

    assert relevant.score is not None
    assert relevant.score > 0
    assert newest.score is None
