"""Kombu's queue in a folder, with messages that appear whole.

Kombu creates a message's file and then writes into it; a worker that looks in between takes an
empty file and dies of it. Here the file is written under another name and then renamed.
"""

import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

ALIAS = "filesystem"


class FolderChannel(filesystem.Channel):
    """Puts messages atomically."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        # Readers look for names that end in `.msg` after the first dot.
        draft = Path(self.data_folder_out, f".{name}.draft")
        draft.write_bytes(dumps(payload).encode())
        draft.rename(Path(self.data_folder_out, name))


class Transport(filesystem.Transport):
    """Kombu's filesystem transport over our channel."""

    Channel = FolderChannel


def install() -> None:
    """Let `filesystem://` mean this transport."""
    TRANSPORT_ALIASES[ALIAS] = f"{__name__}:Transport"
