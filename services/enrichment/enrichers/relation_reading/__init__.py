"""Reads typed, directed relations between named parties out of one sentence, by rules over words and names."""
