"""Sessions of browsers: at rest, watched over, ended."""
