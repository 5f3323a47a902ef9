"""What the shared cache holds is JSON: whoever can write to Redis runs nothing in our processes."""

import json
from typing import Any


class JSONSerializer:
    """For Django's Redis cache (`OPTIONS["serializer"]`), whose own one is pickle."""

    def dumps(self, obj: Any) -> int | str:
        """Return what is stored; raises TypeError for what JSON has no word for.

        Integers stay what Redis can count with.
        """
        return obj if type(obj) is int else json.dumps(obj)

    def loads(self, data: bytes) -> Any:
        """Return what was stored; raises ValueError for anything else."""
        return json.loads(data)
