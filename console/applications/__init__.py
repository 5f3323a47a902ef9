"""Applications: relying parties and resource servers."""
