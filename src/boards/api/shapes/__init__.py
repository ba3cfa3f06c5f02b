"""The shapes of the REST contract: what is sent and answered, and how values become answers."""
