"""The query language of the search box and of `q`: text to an expression, and back."""
