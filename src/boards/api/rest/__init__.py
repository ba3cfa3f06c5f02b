"""The REST surface: one file for each noun of `/api/v1`."""
