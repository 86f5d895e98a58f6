"""Training and evaluation, and what they need: reference Docs, truths, corpora.

In: the simulator's reports, texts with their facts marked in place (corpus/texts), gold, and weak labels. Out: the
models of models/ (tagger, number linker, decision, gate, judge of words), each by one command and a seed, and the
figures of models/figures. Nothing of it is loaded while reports are read.
"""
