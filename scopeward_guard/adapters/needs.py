"""What adapters with decorators share: `@needs("payments:read")` above a view."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from scopeward_guard._decisions.requirements import Requirement, requirement
from scopeward_guard._guard.guard import Guard
from scopeward_guard._guard.protection import checked

View = TypeVar("View", bound=Callable[..., Any])


class DecoratesViews(ABC, Generic[View]):
    """Makes decorators: a view under `@needs("payments:read")` is called with `principal=`.

    With `policy` the guard's policy decides about each operation too, by its path template.
    """

    def __init__(self, guard: Guard, *, policy: bool = False) -> None:
        self._guard, self._policy = guard, checked(guard, policy=policy)
        self.scopes: set[str] = set()

    def __call__(
        self, *scopes: str, acr_values: tuple[str, ...] = (), max_age: int | None = None
    ) -> Callable[[View], View]:
        """Return a decorator that demands all of this."""
        required = requirement(*scopes, acr_values=acr_values, max_age=max_age)
        self.scopes |= required.scopes

        def decorate(view: View) -> View:
            return self._protected(view, required)

        return decorate

    @abstractmethod
    def _protected(self, view: View, requirement: Requirement) -> View:
        """Return the view, called only for who meets the demand, with `principal=`."""
