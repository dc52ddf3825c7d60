"""From sources to ArticleCrawled: what to visit, politely, and what is left of a page when it is an article."""
