"""Set somebody's password on the command line; what the old one opened ends."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.db import transaction

from foundation.base.texts.canonical_names import canonical_name
from foundation.directory.models import User
from foundation.journal.context import BY_THE_SYSTEM
from idp.accounts.browser_sessions.sessions import end_elsewhere
from idp.accounts.by_others import Credential, note_set_by_another


class Command(changepassword.Command):
    """`manage.py changepassword [USERNAME]`, Django's own otherwise."""

    def handle(self, *args: Any, **options: Any) -> str:
        """Set the password and end the person's sessions and tokens; return what to print."""
        typed = options["username"] or getpass.getuser()
        person = User.objects.filter(username_key=canonical_name(typed)).first()
        options["username"] = person.username if person else typed
        said = super().handle(*args, **options)
        person = User.objects.get(username=options["username"])
        with transaction.atomic():
            end_elsewhere(person)
            note_set_by_another(person, Credential.PASSWORD, BY_THE_SYSTEM)
        return f"{said}. Every session and token of theirs has ended"
