"""How quotes are read: the marks around them, the words of speech beside them, and who the speaker is."""
