"""What people signed with their own passkeys, verified without asking anybody."""
