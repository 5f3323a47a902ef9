"""Directories, and which people and groups came from where."""

from foundation.directory.sources.models.directory_run import OPEN, DirectoryRun, RunState
from foundation.directory.sources.models.groups_there import Membership
from foundation.directory.sources.models.ldap_directory import LdapDirectory
from foundation.directory.sources.models.provided import ProvidedGroup, ProvidedPerson

__all__ = [
    "OPEN",
    "DirectoryRun",
    "LdapDirectory",
    "Membership",
    "ProvidedGroup",
    "ProvidedPerson",
    "RunState",
]
