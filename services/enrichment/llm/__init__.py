"""A language model asked for what rules do not find, where an operator names one; its answers are evidence to check."""
