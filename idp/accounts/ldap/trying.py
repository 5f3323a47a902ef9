"""Trying a directory out: what an administrator is told before it is switched on."""

from django.utils.translation import gettext as _

from foundation.base.keys.sealing import UnknownKeyError
from foundation.base.outgoing.errors import NoAnswerError, OutgoingError, UnsafeTargetError
from foundation.base.outgoing.ldap import NotLetInError, connected, entries
from foundation.directory.sources.models import LdapDirectory
from idp.accounts.ldap.reading import attributes_read, person_of

LOOKED_AT = 50


def tried(directory: LdapDirectory) -> tuple[bool, str]:
    """Return whether people can be read, and what was found, in a sentence."""
    try:
        server = directory.server
        with connected(server, server.bind_dn, server.password) as asking:
            found = list(
                entries(
                    asking,
                    directory.people_base,
                    directory.people_filter,
                    attributes_read(directory),
                    most=LOOKED_AT,
                )
            )
    except NotLetInError:
        return False, _("The directory does not let it in with this name and password.")
    except UnsafeTargetError:
        return False, _("The directory is not asked without TLS.")
    except NoAnswerError as error:
        return False, _("The directory does not answer, or not to this: %(error)s.") % {
            "error": error
        }
    except (OutgoingError, UnknownKeyError):
        return False, _("The password of who asks cannot be read any more. Set it again.")
    people = [person_of(directory, dn, entry) for dn, entry in found]
    usable = [person for person in people if person and person.columns.get("username")]
    said = {"found": len(people), "usable": len(usable)}
    if len(usable) < len(people) or not people:
        sentence = _("Of the first %(found)s entries, %(usable)s have a key and a user name.")
        return False, sentence % said
    return True, _("It answers; the first %(found)s entries have a key and a user name.") % said
