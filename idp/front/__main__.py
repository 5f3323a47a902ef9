"""Serve: `python -m idp.front`, with the options and the environment of `granian`.

What is set here are defaults; HTTP/2 and WebSockets are for a proxy in front, or for nobody.
"""

import subprocess
import sys

from granian.cli import cli

APPLICATION = "idp.rsgi:application"
DEFAULTS = {
    "interface": "rsgi",
    "http": "1",
    "websockets": False,
    "loop": "asyncio",
    # Milliseconds for the headers of a request, also of the next one on a connection.
    "http1_header_read_timeout": 10_000,
    # Bytes that a connection may keep, so the longest headers as well.
    "http1_buffer_size": 32_768,
}

if __name__ == "__main__":
    if not {"--help", "--version"} & set(sys.argv):
        refused = subprocess.call([sys.executable, "-m", "idp.front.starting"])
        if refused:
            sys.exit(refused)
    cli(
        [*sys.argv[1:], APPLICATION],
        auto_envvar_prefix="GRANIAN",
        default_map=DEFAULTS,
        prog_name="python -m idp.front",
    )
