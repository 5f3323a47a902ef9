"""Where people come from who sign in elsewhere: the providers, and who is who there."""
