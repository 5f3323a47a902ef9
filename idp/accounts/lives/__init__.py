"""People come and go: when their access ends, what ends with it, and many who come at once."""
