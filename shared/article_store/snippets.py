"""How much of a text is shown in its place: its beginning."""

SNIPPET_CHARACTERS = 300


def shortened(text: str, limit: int = SNIPPET_CHARACTERS) -> str:
    """The beginning of a text, cut after a word and with an ellipsis; a text within the limit as it is."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    blank = max(cut.rfind(" "), cut.rfind("\n"))
    # Chinese, Japanese and Thai have no blanks to cut at.
    return (cut[:blank] if blank > limit // 2 else cut).rstrip(" \n.,;:") + "…"
