"""Authorization details (RFC 9396): one approval each, finer than any scope.

```
catalogue   the types that may be asked for, kept in process         catalogue.py
read        the text of the parameter becomes JSON, strictly          reading.py
validate    JSON becomes details: type, schema, client, audience      validation.py
wording     a detail becomes a sentence                               wording.py
narrow      what a token request may leave of what was approved       narrowing.py
```
"""

from consent.details.catalogue import DetailsType, all_types, known_type
from consent.details.detail import Detail, audiences_of
from consent.details.errors import InvalidDetailsError
from consent.details.narrowing import for_audience, narrowed
from consent.details.reading import read
from consent.details.validation import validate

__all__ = [
    "Detail",
    "DetailsType",
    "InvalidDetailsError",
    "all_types",
    "audiences_of",
    "for_audience",
    "known_type",
    "narrowed",
    "read",
    "validate",
]
