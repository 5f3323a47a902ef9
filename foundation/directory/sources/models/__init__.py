"""Directories, their synchronisations, and which people and groups came from where."""

from foundation.directory.sources.models.provided import ProvidedGroup, ProvidedPerson

__all__ = ["ProvidedGroup", "ProvidedPerson"]
