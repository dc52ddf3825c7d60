"""Which articles are copies of each other, and which tell of the same event: the stateful step of enrichment."""
