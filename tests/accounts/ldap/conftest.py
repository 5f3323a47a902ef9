"""A real OpenLDAP, and the directory that is configured for it."""

from collections.abc import Iterator

import pytest

from foundation.directory.sources.models import LdapDirectory
from tests.services import programs, slapd
from tests.services.slapd import Slapd

PASSWORD = "of emmy, there"


@pytest.fixture(scope="module")
def running() -> Iterator[Slapd]:
    programs.require("slapd", package="slapd")
    programs.require("ldapmodify", package="ldap-utils")
    people = [slapd.entry(f"p{n}") for n in range(40)]
    people += [slapd.entry("emmy", "title: Professor", password=PASSWORD)]
    twins = "mail: twin@example.org"
    people += [slapd.entry(f"twin{n}", twins, password=PASSWORD) for n in range(2)]
    with slapd.server(people) as server:
        yield server


def make_directory(server: Slapd, **columns: object) -> LdapDirectory:
    """Return a directory that is on."""
    said = {
        "title": "Example", "is_on": True, "url": f"ldaps://localhost:{server.tls_port}",
        "certificates": server.authority, "bind_dn": slapd.ROOT, "people_base": slapd.PEOPLE,
        **columns,
    }  # fmt: skip
    directory = LdapDirectory(**said)
    directory.set_password(slapd.ROOT_PASSWORD)
    directory.full_clean()
    directory.save()
    return directory


@pytest.fixture
def directory(running: Slapd, db: None) -> LdapDirectory:
    return make_directory(running)
