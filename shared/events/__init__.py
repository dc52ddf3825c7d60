"""The events that cross the bus; recorded payloads must parse for ever."""
