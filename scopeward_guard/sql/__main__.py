"""`python -m scopeward_guard.sql --catalogue FILE`: one statement in, one JSON object out."""

import argparse
import json
import os
import select
import signal
import sys
from pathlib import Path
from typing import Final

from scopeward_guard.sql._grammar.parsing import MAX_BYTES
from scopeward_guard.sql._grammar.refusal import SqlRefusedError
from scopeward_guard.sql._resolving.catalogue import Catalogue, CatalogueError
from scopeward_guard.sql._resolving.derivation import derive

MAX_SECONDS: Final = 2.0
GAVE_UP: Final = {"deny": "The statement takes too long to read."}


def main() -> int:
    """Print what the statement on standard input needs, or why it is refused; return 0.

    Return 2, with the reason on standard error, when the arguments cannot be used.
    """
    parser = argparse.ArgumentParser(prog="python -m scopeward_guard.sql", description=__doc__)
    parser.add_argument("--catalogue", type=Path, required=True, metavar="FILE")
    options = parser.parse_args()
    try:
        catalogue = Catalogue.from_json(options.catalogue.read_bytes())
    except (OSError, CatalogueError) as error:
        sys.stderr.write(f"{options.catalogue}: {error}\n")
        return 2
    answer = bounded(sys.stdin.buffer.read(MAX_BYTES + 1), catalogue)
    sys.stdout.write(json.dumps(answer, ensure_ascii=True) + "\n")
    return 0


def answer_to(statement: bytes, catalogue: Catalogue) -> dict[str, object]:
    """Return the JSON object for the bytes of one statement."""
    try:
        derivation = derive(statement.decode(), catalogue)
    except UnicodeDecodeError:
        return {"deny": "The statement is not valid UTF-8."}
    except SqlRefusedError as refused:
        return {"deny": refused.reason}
    return {
        "action": derivation.action,
        "tables": list(derivation.tables),
        "columns": list(derivation.columns),
    }


def bounded(statement: bytes, catalogue: Catalogue) -> dict[str, object]:
    """HttpAnswer from a process of its own: compiled code can neither hang nor crash this one."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(json.dumps(answer_to(statement, catalogue)).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        ready, _, _ = select.select([pipe], [], [], MAX_SECONDS)
        if not ready:
            os.kill(child, signal.SIGKILL)
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else dict(GAVE_UP)


if __name__ == "__main__":
    sys.exit(main())
