"""The specifications, one folder each; one requirement is one test."""
