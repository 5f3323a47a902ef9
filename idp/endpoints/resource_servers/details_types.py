"""What the types of authorization details look like, for developers and their tools.

`authorization_details_types_metadata_endpoint` of the draft "OAuth 2.0 RAR metadata and error
signaling": RFC 9396 itself says only which types there are.
"""

from typing import Any

from claims.catalogue.details import all_types
from idp.web.documents import Document


def build_types() -> dict[str, dict[str, Any]]:
    """Return `{type: {version, description, documentation_uri, schema, examples}}`."""
    return {
        name: {
            "version": str(entry.version),
            "description": entry.description,
            **({"documentation_uri": entry.documentation_uri} if entry.documentation_uri else {}),
            "schema": entry.schema,
            "examples": [entry.example],
        }
        for name, entry in all_types().items()
        if entry.is_active
    }


details_types = Document(build_types)
