"""What binds an approval to what is done: digests, details, their schema."""
