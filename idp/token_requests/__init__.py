"""A token request, and the rules about it that several grant types share."""
