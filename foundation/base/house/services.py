"""Writing what the house is called and looks like."""

from collections.abc import Iterable

from django.db import transaction

from foundation.base.house.models import THE_ONE, House, HousePicture
from foundation.base.house.pictures import Picture, store


def house_row() -> House:
    """Return the row of the house; an unsaved one where nobody has said anything."""
    return House.objects.filter(pk=THE_ONE).first() or House(pk=THE_ONE)


def save_house(row: House, pictures: Iterable[Picture]) -> None:
    """Save the row, which has been checked, and the pictures it names; no others are kept."""
    with transaction.atomic():
        for picture in pictures:
            store(picture)
        row.save()
        named = {row.logo_light, row.logo_dark}
        HousePicture.objects.exclude(pk__in=named).delete()
