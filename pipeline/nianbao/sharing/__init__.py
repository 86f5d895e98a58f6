"""What others open: all tables as a workbook or a database, a data set.

In: files of facts, documents and texts. Out: an .xlsx or .sqlite file with facts, documents, checks that fail, panel
and codebook, or a folder that `datasets.load_dataset` reads, whose offsets hold in the texts beside it. Written whole
or not at all; the columns are explained in configs/export.yaml.
"""
