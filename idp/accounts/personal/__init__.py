"""What people do with what is kept of them: they read it, change it, and ask that it ends."""
