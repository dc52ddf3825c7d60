from services.newsroom.body import html_blocks


def test_paragraphs_subheadings_and_lists_become_blocks():
    blocks = html_blocks("One\nline.\n\n## Head\n\n- a\n- b", {})

    assert blocks == ("<p>One line.</p>", "<h2>Head</h2>", "<ul><li>a</li><li>b</li></ul>")


def test_a_link_to_a_known_story_is_a_link_and_any_other_is_its_words():
    (block,) = html_blocks("See [here](known-story) and [there](another).", {"known-story": "/a/known-story"})

    assert block == '<p>See <a href="/a/known-story">here</a> and there.</p>'


def test_markup_in_a_text_is_shown_and_not_obeyed():
    (block,) = html_blocks("5 < 6 & <script>", {})

    assert block == "<p>5 &lt; 6 &amp; &lt;script&gt;</p>"
