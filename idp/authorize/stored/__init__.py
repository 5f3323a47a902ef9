"""Authorization requests that wait: for a person, or for the browser to bring them."""
