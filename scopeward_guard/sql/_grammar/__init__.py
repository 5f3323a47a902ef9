"""What a statement may be made of, and how it is read and written."""
