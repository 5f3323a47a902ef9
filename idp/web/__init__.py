"""What requests and answers of every endpoint have in common."""
