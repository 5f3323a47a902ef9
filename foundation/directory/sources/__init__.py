"""Where people and groups come from when nobody made them here: directories, and what they gave."""
