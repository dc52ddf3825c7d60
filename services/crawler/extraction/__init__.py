"""HTML to Extraction: text, metadata, dates, and whether it is an article at all; pure."""
