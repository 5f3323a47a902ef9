"""The two nouns: people, with how they sign in, and applications."""
