"""Telling what happens: logs, with the ids of request, job and tenant, and without secrets."""
