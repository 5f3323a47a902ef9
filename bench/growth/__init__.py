"""A million people: making them, and walking over everything there is of them."""
