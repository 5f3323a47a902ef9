"""Serve: `python -m idp.front`, with the options and the environment of `granian`.

What is set here are defaults; HTTP/2 and WebSockets are for a proxy in front, or for nobody.
"""

import asyncio
import subprocess
import sys

from granian import loops
from granian.cli import cli

from idp.front.walking import WalkingLoop

APPLICATION = "idp.rsgi:application"
DEFAULTS = {
    "interface": "rsgi",
    "http": "1",
    "websockets": False,
    "loop": "asyncio",  # ours, see below
    "task_impl": "asyncio",
    # Milliseconds for the headers of a request, also of the next one on a connection.
    "http1_header_read_timeout": 10_000,
    # Bytes that a connection may keep, so the longest headers as well.
    "http1_buffer_size": 32_768,
}


@loops.register("asyncio")
def build_walking_loop() -> WalkingLoop:
    """Make the event loop of a web process."""
    loop = WalkingLoop()
    asyncio.set_event_loop(loop)
    return loop


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
