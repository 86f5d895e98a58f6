"""Mutated texts and files for every reader, and what must hold of whatever comes out of them.

`python -m benchmarks.fuzz --n 10000`; a case is a seed and a number, and can be made again from these two.
"""
