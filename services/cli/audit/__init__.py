"""`newsweir audit`: does everything that was fetched add up, and where it does not, what is missing."""
