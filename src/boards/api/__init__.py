"""The HTTP edge: what comes in is guarded and checked here, what goes out is shaped here."""
