"""Who must have which factor, and what a sign-in still owes."""
