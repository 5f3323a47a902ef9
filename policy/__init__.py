"""The policy decision point: Cedar policies and their versions, and decisions by them."""
