"""Rules about every token request: one file for each, in the order of `pipeline.CHECKS`."""
