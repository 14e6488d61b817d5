"""Benchmarks: each group measures one part and yields figures; see docs/benchmarks.md."""
