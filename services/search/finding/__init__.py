"""What is asked of the article store, and what of its answers may be shown."""
