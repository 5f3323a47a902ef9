"""What people and systems are told, and how often they may be reached."""
