"""Where things stand in a text of Cedar policies. Cedar's own messages have no positions."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LONGEST = 1_000_000
"""Characters of a text."""
DEEPEST = 24
MOST_TOKENS = 1_000
"""Of one policy: brackets in brackets, and tokens without literals and the commas between them.

Cedar reads by recursion and does not count: a few thousand brackets end the process it runs in.
"""
_SPACE = r"(?P<space>\s+|//[^\r\n]*)"
_TEXT = r'(?P<text>"(?:\\.|[^"\\])*+(?P<end>"?))'
_OTHER = r"(?P<name>[A-Za-z_]\w*)|(?P<number>[0-9]+)|(?P<sign>::|==|!=|<=|>=|&&|\|\||.)"
_TOKEN = re.compile(f"{_SPACE}|{_TEXT}|{_OTHER}", re.DOTALL)
_TOKEN_WITHOUT_TEXT = re.compile(f"{_SPACE}|{_OTHER}", re.DOTALL)
_OPENING, _CLOSING = frozenset("({["), frozenset(")}]")


@dataclass(frozen=True, slots=True)
class Token:
    """One token, and where in the text it begins."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the token is over."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Statement:
    """One policy of a text: its tokens, to the semicolon if it has one; never empty."""

    source: str
    tokens: tuple[Token, ...]

    @property
    def start(self) -> int:
        """Where in the text the policy begins."""
        return self.tokens[0].start

    def up_to(self, count: int) -> str:
        """Return the text of the first `count` tokens."""
        return self.source[self.start : self.tokens[count - 1].end] if count else ""

    @property
    def text(self) -> str:
        """The whole policy."""
        return self.up_to(len(self.tokens))

    def annotation(self, name: str) -> Token:
        """Return the token that names an annotation, or else the first one."""
        pairs = zip(self.tokens, self.tokens[1:], strict=False)
        return next(
            (word for at, word in pairs if at.text == "@" and word.text == name), self.tokens[0]
        )

    def find(self, sought: str, tokens: Sequence[Token] = ()) -> Token | None:
        """Return the first token of where `sought` stands, in `tokens` or anywhere."""
        wanted = [token.text for token in tokens_of(sought)]
        if len(wanted) == 1:
            wanted = _alternatives(wanted[0], tokens or self.tokens)
        among = tokens or self.tokens
        for place in range(len(among)):
            if wanted and [t.text for t in among[place : place + len(wanted)]] == wanted:
                return among[place]
        return None


def tokens_of(source: str) -> Iterator[Token]:
    """Yield the tokens, without spaces and comments. A lonely quotation mark is a token too."""
    for match in _TOKEN.finditer(source):
        if match["end"] == "":
            # No end from here on: none of those that follow has one either.
            yield from _without_texts(source, match.start())
            return
        if match.lastgroup != "space":
            yield Token(match.lastgroup or "", match[0], match.start())


def _without_texts(source: str, start: int) -> Iterator[Token]:
    for match in _TOKEN_WITHOUT_TEXT.finditer(source, start):
        if match.lastgroup != "space":
            yield Token(match.lastgroup or "", match[0], match.start())


def statements_of(source: str) -> Iterator[Statement]:
    """Yield the policies. Nothing in a policy of Cedar but its end is a semicolon."""
    gathered: list[Token] = []
    for token in tokens_of(source):
        gathered.append(token)
        if token.text == ";":
            yield Statement(source, tuple(gathered))
            gathered = []
    if gathered:
        yield Statement(source, tuple(gathered))


def excess_of(statement: Statement) -> tuple[Token, str] | None:
    """Return where and how a policy is more than Cedar is given to read, None if it is not."""
    depth = count = 0
    for token in statement.tokens:
        opens = token.text in _OPENING or token.text == "if"
        depth += opens - (token.text in _CLOSING)
        count += token.kind not in {"text", "number"} and token.text != ","
        if depth > DEEPEST:
            return token, "This is nested too deeply."
        if count > MOST_TOKENS:
            return token, "The policy is too long."
    return None


def place_of(source: str, offset: int) -> tuple[int, int]:
    """Return line and column, both counted from 1."""
    before = source[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _alternatives(word: str, among: Sequence[Token]) -> list[str]:
    """Return the word as it is written: an attribute may also stand in quotation marks."""
    written = {token.text for token in among}
    return [next((form for form in (word, f'"{word}"') if form in written), word)]
