"""How sources are fetched and parsed."""
