"""Reading and submitting the forms of a page, as a browser without JavaScript does."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class HtmlForm:
    """A form: where it goes, and its controls as (name, value, kind, checked)."""

    action: str
    method: str
    controls: list[tuple[str, str, str, bool]] = field(default_factory=list)

    @property
    def data(self) -> dict[str, list[str]]:
        """What is sent when nothing is touched; buttons are not."""
        sent: dict[str, list[str]] = {}
        for name, value, kind, checked in self.controls:
            if kind != "button" and (checked or kind not in {"checkbox", "radio"}):
                sent.setdefault(name, []).append(value)
        return sent

    def values(self, name: str, kind: str) -> list[str]:
        """Return the values that controls of one kind offer."""
        return [v for n, v, k, _ in self.controls if n == name and k == kind]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[HtmlForm] = []
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(HtmlForm(values.get("action", ""), values.get("method", "get")))
        elif tag == "select":
            self.select = values.get("name", "")
        elif self.forms and tag in {"input", "button", "option"}:
            self._control(tag, values)

    def _control(self, tag: str, values: dict[str, str]) -> None:
        controls = self.forms[-1].controls
        if tag == "option":
            if "selected" in values and self.select:
                controls.append((self.select, values.get("value", ""), "select", True))
            return
        kind = "button" if tag == "button" else values.get("type", "text")
        if values.get("name"):
            default = "on" if kind == "checkbox" else ""
            value = values.get("value", default)
            controls.append((values["name"], value, kind, "checked" in values))


def forms(html: str) -> list[HtmlForm]:
    """Return the forms of a page in their order."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms


def form_with(html: str, name: str) -> HtmlForm:
    """Return the first form that has a control of this name; raises `LookupError`."""
    for form in forms(html):
        if any(control[0] == name for control in form.controls):
            return form
    raise LookupError(f"no form with {name!r} on this page")
