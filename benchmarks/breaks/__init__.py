"""Commands that are broken: each write failing in turn, and kills at any moment. `python -m benchmarks.breaks`."""
