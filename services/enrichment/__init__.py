"""From ArticleCrawled to ArticleEnriched: what each article says, and which story it belongs to."""
