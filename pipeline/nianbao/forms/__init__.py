"""The statutory forms as data, the alignment of loose cells to a form, and the arithmetic that helps."""
