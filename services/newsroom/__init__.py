"""A demonstration newsroom on loopback: four invented news sites that behave, and misbehave, as real ones do."""
