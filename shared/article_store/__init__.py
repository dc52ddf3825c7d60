"""Where enriched articles are kept and asked for: one contract, two stores."""
