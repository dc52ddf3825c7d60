"""Saved queries that tell when something new matches: decided by what fired before, delivered at least once."""
