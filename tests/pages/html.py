"""Just enough of an HTML reader to ask questions about a page."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "img", "br", "hr"}


@dataclass
class Element:
    name: str
    attributes: dict[str, str]
    ancestors: tuple["Element", ...] = ()
    text: str = ""

    def __getitem__(self, attribute: str) -> str:
        return self.attributes.get(attribute, "")


@dataclass
class Document(HTMLParser):
    """Every element of a page, in order, with all the text inside it."""

    elements: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {k: v or "" for k, v in attrs}, tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1].name == tag, f"</{tag}> closes <{self._open[-1].name}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def find(self, *names: str) -> list[Element]:
        return [element for element in self.elements if element.name in names]


def read(markup: str) -> Document:
    document = Document()
    document.feed(markup)
    document.close()
    return document
