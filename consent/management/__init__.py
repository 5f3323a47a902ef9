"""The commands of consent."""
