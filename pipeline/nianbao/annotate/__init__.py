"""Documents out to annotators in doccano, and their corrections back as gold."""
