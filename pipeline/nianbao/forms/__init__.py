"""The statutory forms as data, the alignment of loose cells to a form, and the arithmetic that helps.

In: a text, its normalised view, true grids where the source has any, the report's year, and the forms, labels and
identities of a catalogue (`FormKnowledge`). Out: a `TableReading`: where tables stand, and each cell as plain data with
metric, applicant, value, offsets, status (blank, text and ambiguous among them), confidence, form and table; and, of
facts, which identities fail (`checks`). What digits, sums and places leave open stays open. Nothing knows of spaCy.
"""
