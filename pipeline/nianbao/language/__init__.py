"""The Chinese of reports as characters: script, numerals and words.

In: a text, and the words around numbers from the catalogue (`numerals`). Out: its normalised view, as long as the
text (`script`); the numbers in it, each with kind, unit and qualifier (`numerals`); tokens (`tokenizer`, for spaCy,
over spacy-pkuseg with a model and a lexicon of our own). Nothing here knows what a report is.
"""
