"""What others open: all tables as a workbook or a database, a data set."""
