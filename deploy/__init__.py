"""What runs Newsweir elsewhere, and the documents derived from its registries."""
