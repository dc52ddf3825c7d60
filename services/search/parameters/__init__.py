"""What a request may say, and what is understood of it: parameters by their names, and links that say them again."""
