"""Ways to wake workers: in this process, or across machines."""
