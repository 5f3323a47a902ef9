"""What people are found by, among millions: the indexes of their table."""

from django.db import models

from foundation.base.texts.beginning import BeginningIndex

FOUND_BY = [
    # What people are found by, besides the user name and the external identifier.
    models.Index(fields=["email"], opclasses=["varchar_pattern_ops"], name="person_email"),
    BeginningIndex(fields=["name"], name="person_name"),
    BeginningIndex(fields=["given_name"], name="person_given_name"),
    BeginningIndex(fields=["family_name"], name="person_family_name"),
    # The few that a filter of the list of people is about.
    models.Index(fields=["username"], condition=models.Q(is_staff=True), name="person_staff"),
    models.Index(fields=["username"], condition=models.Q(is_active=False), name="person_inactive"),
    models.Index(fields=["ends_at"], condition=models.Q(ends_at__isnull=False), name="person_end"),
]
