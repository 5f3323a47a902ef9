"""Throw-away streaming replicas of throw-away servers (`tests.services.postgresql`)."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.services import postgresql


class Follower:
    """A server that follows another one, and can go away and come back."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.folder, self.settings = folder, settings
        self._running = ExitStack()

    @property
    def url(self) -> str:
        """Its DATABASE_URL, of the database `postgres`."""
        return postgresql.url_of(self.folder)

    def start(self) -> None:
        """Run; connections are taken by now."""
        self._running.enter_context(postgresql.serving(self.folder, **self.settings))

    def stop(self) -> None:
        """Be away."""
        self._running.close()

    def promote(self) -> None:
        """Follow nobody any more."""
        postgresql.run("pg_ctl", "promote", "-D", str(self.folder / "data"), "-w")


@contextmanager
def following(url: str, **settings: str) -> Iterator[Follower]:
    """Copy the server of a DATABASE_URL of ours, follow it, and yield the follower."""
    primary = url.partition("@/")[2].rpartition("/")[0]
    with postgresql.own_folder() as folder:
        copy = ["-D", str(folder / "data"), "-h", primary, "-U", postgresql.USER]
        postgresql.run("pg_basebackup", *copy, "-R", "--checkpoint=fast", "--no-sync")
        follower = Follower(folder, settings)
        follower.start()
        try:
            yield follower
        finally:
            follower.stop()
