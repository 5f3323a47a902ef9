"""Who did it, and how they were there: it is recorded with every act."""

from dataclasses import dataclass

from foundation.journal.models import Actor


@dataclass(frozen=True)
class DecisionContext:
    """How the person was there when deciding; it is recorded with every decision."""

    locale: str = ""
    """The language the texts were shown in."""
    address: str | None = None
    """The IP address."""
    user_agent: str = ""
    acr: str = ""
    """How the person had signed in (OIDC Core §2 `acr`)."""
    actor: Actor = Actor.PERSON
    """Who acts, in kind."""
    actor_id: str = ""
    """Key of the administrator; empty for everybody else."""
    program: str = ""
    """Name of the command or task, where one acts."""
    reason: str = ""
    """Why, in the words of whoever acts."""


BY_THE_SYSTEM = DecisionContext(actor=Actor.SYSTEM)
"""Nobody was there."""
BY_THE_CLIENT = DecisionContext(actor=Actor.CLIENT)
"""The client gave something back; nobody had to be there."""
