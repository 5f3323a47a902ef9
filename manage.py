#!/usr/bin/env python
"""Run Scopeward's management commands."""

import os
import sys


def main() -> None:
    """Hand the command line to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.settings")

    from django.core.exceptions import ImproperlyConfigured
    from django.db import OperationalError, ProgrammingError

    from console.management.command_line import CommandLine
    from console.management.no_data import is_empty, no_data

    try:
        CommandLine(sys.argv).execute()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    except (OperationalError, ProgrammingError):
        # A fresh clone, or the data of the demo, which are elsewhere: no reason for a traceback.
        if is_empty():
            sys.exit(no_data())
        raise


if __name__ == "__main__":
    main()
