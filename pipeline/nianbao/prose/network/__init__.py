"""The network that reads one number of the prose: which metric, named where, for whom, of which year."""
