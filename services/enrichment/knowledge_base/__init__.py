"""What is known beforehand: entities and their names, topics and their terms, exchange rates."""
