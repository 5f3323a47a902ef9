"""The ground: the configuration epoch, the clock, keys, secrets, settings, calls going out."""
