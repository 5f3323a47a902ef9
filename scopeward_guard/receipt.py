"""`python -m scopeward_guard.receipt FILE`: verify the receipt of an approval, asking nobody.

Exits with 0 when every signature in it is good, 1 when one is not, 2 when it cannot be read. A
signature says that whoever has a key agreed; whose key it is you know from elsewhere: `--key` is
its fingerprint, as its owner or the history of the provider says it.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

from scopeward_guard._base.errors import MalformedError
from scopeward_guard._binding.receipts.reading import SignedYes, read

GOOD, BAD, UNREADABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify a file, say what it proves, and return the exit code."""
    parser = ArgumentParser(prog="python -m scopeward_guard.receipt", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        metavar="FINGERPRINT",
        help="of a key that may have signed it; each signature has to be by one of these",
    )
    options = parser.parse_args(arguments)
    try:
        found = read(options.file.read_bytes())
        lines = [line for yes in found for line in _lines(yes, options.key)]
    except (OSError, MalformedError) as error:
        _say(f"Not verified: {error}")
        return UNREADABLE
    _say(*lines)
    return GOOD if all(_flaw(yes, options.key) == "" for yes in found) else BAD


def _lines(yes: SignedYes, keys: Sequence[str]) -> list[str]:
    if flaw := _flaw(yes, keys):
        return [f"Not verified: {flaw}."]
    known = "" if keys else " Whose key it is, this file cannot prove: compare its fingerprint."
    return [*yes.in_words(), f"The signature is good.{known}"]


def _flaw(yes: SignedYes, keys: Sequence[str]) -> str:
    if yes.flaw:
        return yes.flaw
    fingerprint = yes.assertion.fingerprint
    return f"it is by another key, {fingerprint}" if keys and fingerprint not in keys else ""


def _say(*lines: str) -> None:
    """Print lines: what is not seen is spelt out, so that no file makes a line of its own."""
    for line in lines:
        seen = (sign if sign.isprintable() else f"<U+{ord(sign):04X}>" for sign in line)
        text = "".join(seen) + "\n"
        encoding = sys.stdout.encoding or "utf-8"
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


if __name__ == "__main__":
    sys.exit(main())
