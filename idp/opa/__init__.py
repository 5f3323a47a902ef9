"""What this provider tells an Open Policy Agent, and how it waits for something new to tell."""
