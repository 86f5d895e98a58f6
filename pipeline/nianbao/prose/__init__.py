"""Prose: numerals in their clauses, the concepts around them, and what says which metric each of them counts.

In: the normalised text, its paragraphs with their headings, the report's year and agency. Out: `Mention`s (numbers
and stated zeros with what surrounds them), and a `Link` for each that has a metric: by named rules that may abstain
(`linking`), by a trained network (`network`), and by a calibrated decision between the two (`decision`). Words, rules
and patterns come in as `Knowledge`, made of a catalogue. Nothing here knows of spaCy.
"""
