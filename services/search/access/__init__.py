"""Who may ask, and how much: hosts, origins, keys, sessions, and limits of rates and bodies."""
