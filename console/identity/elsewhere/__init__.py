"""Where people come from: directories, sign-in providers, SCIM."""
