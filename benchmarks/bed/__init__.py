"""A test bed for table reading: forms, layouts and wreckage written apart from the pipeline and its simulator."""
