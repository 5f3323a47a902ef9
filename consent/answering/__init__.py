"""Taking a person's answer: what it means, and what is written of it."""
