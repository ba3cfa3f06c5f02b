"""Encryption of what must not be read from the database alone, such as tenants' keys."""
