"""Measurements as ratios taken in one run; `make bench` runs them.

What they print is recorded in docs/benchmarks.md. Nothing here decides a test.
"""
