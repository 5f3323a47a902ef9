"""What people read of claims: labels, values in words, lists of them as HTML."""
