"""What everything rests on: people and applications, the journal, keys and configuration."""
