"""What cannot be read as a policy, and the very token at which reading fails."""

import re
from bisect import bisect_left

import cedarpy

from scopeward_guard.cedar.authoring import Statement, Token, excess_of

UNFINISHED = "unexpected end of input"
_NAMED = re.compile(r"`([^`]+)`|@(\w+)|effect: (\w+)|condition: (\w+)|in the scope: (\w+)|'(=)'")
_MISSING_QUOTE = "A quotation mark is missing: this text has no end."
_MISSING_END = "The policy has no end: it ends with a semicolon."


def syntax_problem(statement: Statement) -> tuple[Token, str] | None:
    """Return where and why a policy cannot be read, None when it can."""
    excess = excess_of(statement)
    if excess:
        return excess
    message = _complaint(statement.text)
    if not message:
        return None
    lonely = next((token for token in statement.tokens if token.text == '"'), None)
    if lonely:
        return lonely, _MISSING_QUOTE
    if message == UNFINISHED:
        return statement.tokens[-1], _MISSING_END
    if message.startswith("unexpected token") or message == "invalid token":
        return _first_wrong(statement, message), _sentence(message)
    return _named_place(statement, message), _sentence(message)


def _first_wrong(statement: Statement, message: str) -> Token:
    """Return the token with which the text stops being the beginning of a policy.

    Cedar may look at one token more before it says so; then the message still names the right one.
    """
    counts = range(1, len(statement.tokens) + 1)
    enough = bisect_left(
        counts, True, key=lambda count: _complaint(statement.up_to(count)) not in {UNFINISHED, ""}
    )
    read = statement.tokens[: enough + 1]
    named = [token for token in read if f"`{token.text}`" in message]
    return (named or read)[-1]


def _named_place(statement: Statement, message: str) -> Token:
    for match in _NAMED.finditer(message):
        named = next(group for group in match.groups() if group)
        holding = (token for token in statement.tokens if named in token.text)
        token = statement.find(named) or next(holding, None)
        if token:
            return token
    return statement.tokens[0]


def _complaint(text: str) -> str:
    try:
        cedarpy.policies_to_json_str(text)
    except ValueError as error:
        return str(error)
    return ""


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:]}."
