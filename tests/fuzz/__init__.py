"""What others send us, bent: documents as sites write them, broken in every way, and what must hold of the answer."""
