"""Derivations kept by what they depend on: the same text need not be read twice."""

import hashlib
from collections import OrderedDict
from threading import Lock

from scopeward_guard.sql._grammar.refusal import SqlRefusedError
from scopeward_guard.sql._resolving.catalogue import Catalogue
from scopeward_guard.sql._resolving.derivation import Derivation, derive

MAX_KEPT_LENGTH = 8 * 1024
"""Longer texts are derived again each time, so that the size of the cache bounds its memory."""


class Derivations:
    """Derives, and remembers the last `size` answers, refusals too. Share it between threads."""

    def __init__(self, size: int = 1024) -> None:
        self._size = size
        self._kept: OrderedDict[bytes, Derivation | str] = OrderedDict()
        self._lock = Lock()

    def derive(self, statement: str, catalogue: Catalogue) -> Derivation:
        """Return what `derivation.derive` returns. Raises SqlRefusedError as it does."""
        if len(statement) > MAX_KEPT_LENGTH:
            return derive(statement, catalogue)
        key = _key(statement, catalogue)
        with self._lock:
            answer = self._kept.get(key)
            if answer is not None:
                self._kept.move_to_end(key)
        if answer is None:
            answer = _answer(statement, catalogue)
            self._keep(key, answer)
        if isinstance(answer, str):
            raise SqlRefusedError(answer)
        return answer

    def _keep(self, key: bytes, answer: Derivation | str) -> None:
        with self._lock:
            self._kept[key] = answer
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)


def _key(statement: str, catalogue: Catalogue) -> bytes:
    """Return the digest; no part before the text has a space, so no two triples share one."""
    text = f"{catalogue.dialect.name} {catalogue.revision} {statement}"
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()


def _answer(statement: str, catalogue: Catalogue) -> Derivation | str:
    try:
        return derive(statement, catalogue)
    except SqlRefusedError as refused:
        return refused.reason
