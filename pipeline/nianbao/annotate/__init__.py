"""Documents out to annotators in doccano, and their corrections back as gold.

In: sources, read by the whole pipeline; a server; configs/annotate.yaml. Out: projects with tasks that carry the
pipeline's suggestions, the doubtful first; and a folder of gold (spans, lines, links, facts, a DocBin) with who said
what, how far they agree, and what is disputed. Gold that is there is never lost by a pull.
"""
