"""Structured logs: JSON lines or readable ones, without secrets.

What Django, Celery and any library log goes the same way as our own events, so every line carries
the request id and passes `redact`.
"""
