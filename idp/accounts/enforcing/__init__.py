"""What the rules about factors lead to: at sign-in, and on every page."""
