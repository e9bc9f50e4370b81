"""How pages ask the database over and over without working out the same statement each time."""
