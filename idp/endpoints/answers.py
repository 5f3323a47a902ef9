"""From the engine's answers to Django's responses."""

from django.http import HttpResponse

EngineAnswer = tuple[str | None, dict[str, str], str, int]


def from_engine(answer: EngineAnswer) -> HttpResponse:
    """Return a response that no cache keeps (RFC 6749 §5.1)."""
    _, headers, body, status = answer
    response = HttpResponse(body, status=status, content_type="application/json")
    for name, value in headers.items():
        response[name] = value
    response["Cache-Control"] = "no-store"
    response["Pragma"] = "no-cache"
    return response
