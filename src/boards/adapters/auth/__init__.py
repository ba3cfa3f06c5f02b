"""Identity providers, one per file: who a bearer token was given to."""
