"""Before the server starts: `python -m idp.front.starting` refuses what is insecure.

Every web process refuses for itself, too; but the server would start another one, for ever. A
program of its own, because the server would keep for ever what the checks import.
"""

import os
from contextlib import suppress

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")
    django.setup()

    from django.db import DatabaseError, InterfaceError

    from foundation.base import conf
    from foundation.directory.passwords.hashers import announce
    from idp.checks import refuse_to_start
    from idp.front.connections import plan, say

    refuse_to_start()
    announce()
    own = conf.current()
    # The database may come later: a process is ready when it is there.
    with suppress(DatabaseError, InterfaceError):
        say(plan(own, processes=own.web_processes, worker_threads=0))
