"""How events move between stages: at-least-once transport, exactly-once effect."""
