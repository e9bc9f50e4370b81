"""Brings Knutpunkten up: PostgreSQL, the demo's supervisor, the test cluster. Knows nothing of `knutpunkten`."""
