"""What every page of people brings along, and no answer to a program."""
