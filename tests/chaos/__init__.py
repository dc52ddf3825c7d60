"""The chaos run: articles through all stages while workers, broker and store are killed, stopped and cut off."""
