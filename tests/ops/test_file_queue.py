"""The queue in a folder: a worker never finds half a message."""

from pathlib import Path
from typing import Any

import pytest
from kombu import Connection

from idp import file_queue


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "control").mkdir()
    return tmp_path


@pytest.fixture
def queue(folder: Path) -> Any:
    file_queue.install()
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
    }
    with (
        Connection("filesystem://", transport_options=options) as connection,
        # Kombu remembers in the process which queues it has declared.
        connection.SimpleQueue(folder.name) as simple,
    ):
        yield simple


def test_message_arrives(queue: Any) -> None:
    queue.put({"a": 1})

    assert queue.get(block=False).payload == {"a": 1}


def test_message_is_not_seen_before_it_is_whole(
    queue: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    write = Path.write_bytes

    def look_while_writing(path: Path, data: bytes) -> int:
        path.touch()
        with pytest.raises(queue.Empty):
            queue.get(block=False)
        seen.append(path)
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", look_while_writing)
    queue.put({"a": 1})

    assert seen
    assert queue.get(block=False).payload == {"a": 1}
    assert not list(folder.glob("*.draft"))
