"""What one request, and all of them together, may take. Lengths in bytes, times in seconds."""

LONGEST_PATH = 1_024
"""None of ours has more than a few hundred."""
LONGEST_QUERY = 8_192
"""What is longer is to be pushed (RFC 9126 §1)."""
BODY_SECONDS = 10.0
"""From the end of the headers to the end of the body."""
SMALL_BODY = 65_536
"""Up to here a body is read without counting what others hold."""
BODIES = 64 * 1024 * 1024
"""Of all larger bodies that one process holds."""
QUEUE_SECONDS = 10.0
"""Whoever waited longer for a thread has most likely gone."""
MACHINE_QUEUE, PAGE_QUEUE = 256, 64
"""Requests that may wait for a thread."""
RETRY_AFTER = 2
FILE_SECONDS = 30.0
"""For so long a file is there for the server, which opens it at once."""
SMALL_STREAM = 1_048_576
"""Up to here an answer is sent from memory, a longer one from a file."""
LOOK_EVERY = 0.25
"""Between two looks at who is too slow."""
