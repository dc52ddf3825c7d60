"""One file, one function, one section of the output; pure functions of an article and what is known."""
