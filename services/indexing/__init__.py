"""From ArticleEnriched to the article store, and to ArticleIndexed once it is there."""
