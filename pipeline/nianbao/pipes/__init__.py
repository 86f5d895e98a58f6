"""The spaCy components, one a module, over Docs that carry plain data in `doc._`.

In: a Doc of the project's tokenizer, with the grids of its source where it has any. Out: the same Doc with tables
(`cells`, `regions`), `structure`, `mentions`, `numbers`, `links` and `facts`, and with spans, entities and sentences.
Every component takes its knowledge from a catalogue, which goes along to disk, to bytes and to other processes; what
it requires and assigns is declared, so that `nlp.analyze_pipes()` can tell.
"""
