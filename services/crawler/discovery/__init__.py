"""Bytes to links: feeds, sitemaps and listing pages; pure."""
