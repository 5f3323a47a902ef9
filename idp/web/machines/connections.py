"""Connections of threads that answer programs: Django looks after others by its signals."""

from django.db import connections


def look_after() -> None:
    """Do what Django does before a request: drop a connection that has failed or is too old.

    The statements that are kept with `DEBUG` are those of one request.
    """
    for connection in connections.all(initialized_only=True):
        connection.queries_log.clear()
        connection.close_if_unusable_or_obsolete()
