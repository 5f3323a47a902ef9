"""Validation errors as text for a terminal."""

from django.core.exceptions import ValidationError


def sentences(error: ValidationError) -> str:
    """Return one line per problem, `field: sentence` where the field is known."""
    if not hasattr(error, "error_dict"):
        return "\n".join(error.messages)
    return "\n".join(
        message if field == "__all__" else f"{field}: {message}"
        for field, messages in error.message_dict.items()
        for message in messages
    )
