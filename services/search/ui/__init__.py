"""The pages that people read: the same queries as the API, as HTML that works without JavaScript."""
