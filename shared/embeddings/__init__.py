"""Texts → vectors whose directions say what the texts are about; an optional extra."""
