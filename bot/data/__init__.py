"""Facts as files: regions, parties, truces, lexicons, sources, messages."""
