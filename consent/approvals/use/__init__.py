"""What becomes of an approval: a token, its one use, its end."""
