"""Authorization details (RFC 9396): one approval each, finer than any scope.

```
catalogue   the types that may be asked for, kept in process         catalogue.py
read        the text of the parameter becomes JSON, strictly          reading.py
validate    JSON becomes details: type, schema, client, audience      validation.py
canonical   a detail becomes one exact text, and that its digest       canonical.py
wording     a detail becomes a sentence                               wording.py
narrow      what a token request may leave of what was approved       narrowing.py
```
"""

from claims.catalogue.details.canonical import canonical_text, digest_of
from claims.catalogue.details.catalogue import DetailsType, all_types, known_type
from claims.catalogue.details.detail import Detail, audiences_of
from claims.catalogue.details.errors import InexactDetailError, InvalidDetailsError
from claims.catalogue.details.narrowing import for_audience, narrowed
from claims.catalogue.details.reading import read
from claims.catalogue.details.validation import validate

__all__ = [
    "Detail",
    "DetailsType",
    "InexactDetailError",
    "InvalidDetailsError",
    "all_types",
    "audiences_of",
    "canonical_text",
    "digest_of",
    "for_audience",
    "known_type",
    "narrowed",
    "read",
    "validate",
]
