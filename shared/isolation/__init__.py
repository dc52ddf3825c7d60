"""Functions on hostile input in processes of their own."""
