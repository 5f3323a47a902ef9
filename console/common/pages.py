"""Pages beside Django's own: of the whole site (`SitePage`), and about one object (`ObjectPage`).

Each says who may see it where it is declared; that is asked before the view runs, for every route.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.enums import ActionVariant

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
ObjectView = Callable[[Any, HttpRequest, Any], HttpResponse]
"""Takes the admin of an object, the request and the object, and answers."""


def render(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    title: Any,
    about: Model | None = None,
) -> TemplateResponse:
    """Return a page in the frame of the administration.

    `about` is the object that the page is about: its name and list lead back to it at the top.
    """
    frame = admin.site.each_context(request)
    if about is not None:
        frame |= {"opts": about._meta, "original": about}  # noqa: SLF001
    else:
        frame |= {"content_title": title}
    request.current_app = admin.site.name
    return TemplateResponse(request, template, {**frame, "title": title, **context})


@dataclass(frozen=True, eq=False)
class SitePage:
    """A page that belongs to no table. It lies at its name, with hyphens, below `/admin/`."""

    name: str
    """Of its address: `admin:<name>`."""
    title: Any
    permissions: tuple[str, ...]
    """Whoever has all of them may see it, and whatever else lies below it."""
    routes: list[tuple[str, str, Callable[..., HttpResponseBase]]] = field(default_factory=list)
    """What comes after its address, the name of that, and the view."""

    @property
    def address(self) -> str:
        """Where it is."""
        return reverse(f"admin:{self.name}")

    def may_see(self, request: HttpRequest) -> bool:
        """Say whether somebody may see it."""
        return bool(request.user.has_perms(self.permissions))

    def at(self, below: str = "", *, name: str = "") -> Callable[[View], View]:
        """Put a view at the page's own address, or `below` it under a name of its own."""

        def put(view: View) -> View:
            self.routes.append((below, name or self.name, self._guarded(view)))
            if self not in SITE_PAGES:
                SITE_PAGES.append(self)
            return view

        return put

    def render(
        self, request: HttpRequest, template: str, context: Mapping[str, Any], *, title: Any = ""
    ) -> TemplateResponse:
        """Return the page, or one below it that has another title."""
        return render(request, template, context, title=title or self.title)

    def urls(self) -> list[URLPattern]:
        """Return its paths, behind the administration's sign-in."""
        own = self.name.replace("_", "-")
        fixed_first = sorted(self.routes, key=lambda route: "<" in route[0])
        return [
            path(f"{own}/{below}", admin.site.admin_view(view), name=name)
            for below, name, view in fixed_first
        ]

    def _guarded(self, view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not self.may_see(request):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded


SITE_PAGES: list[SitePage] = []
"""Every page with a route, in the order in which `console.apps` imports their modules."""


LOOK, ACT = ("GET", "HEAD"), ("POST",)
LOOK_AND_ACT = LOOK + ACT
"""Methods of requests: pages that change nothing, acts without a page, and acts that have one."""


@dataclass(frozen=True)
class ObjectPage:
    """A page about one object. It lies at its name, with hyphens, below the object's own."""

    name: str
    """Of its address: `admin:<app>_<model>_<name>`."""
    show: ObjectView
    may_see: Callable[[Any, HttpRequest, Any], bool]
    """Takes what `show` takes."""
    is_of: Callable[[Any], bool] = bool
    """Whether there is such a page of an object."""
    methods: tuple[str, ...] = LOOK_AND_ACT
    title: Any = ""
    """Of its button in the head of the object's page; none where that page leads there itself."""
    icon: str = ""


@dataclass(frozen=True)
class HeadLink:
    """A button in the head of an object's page."""

    title: Any
    path: str
    icon: str

    def as_action(self) -> dict[str, Any]:
        """Return it as unfold's templates take it."""
        return {
            "title": self.title,
            "path": self.path,
            "icon": self.icon,
            "attrs": {},
            "variant": ActionVariant.DEFAULT,
        }
