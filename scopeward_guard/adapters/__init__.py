"""One thin skin per framework: a request in, a refusal out; every rule lives below."""
