"""What two services must agree on, or every process needs."""
