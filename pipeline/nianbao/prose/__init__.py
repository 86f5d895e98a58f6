"""Prose: numerals in their clauses, the concepts around them, and the named rules that say which metric they count."""
