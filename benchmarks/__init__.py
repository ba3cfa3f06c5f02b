"""Measurements as ratios taken in one run. `make bench` runs them and prints what docs/benchmarks.md
records; nothing here decides a test."""
