"""From the store to people: a faceted search API and the pages over it."""
