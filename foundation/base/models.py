"""The tables of the ground, where Django looks for them."""

from foundation.base.configuration.models import ConfigurationEpoch
from foundation.base.daily import DailyCount
from foundation.base.house.models import House, HousePicture, MailText
from foundation.base.keys.models import SigningKey
from foundation.base.used_once import UsedOnce

__all__ = [
    "ConfigurationEpoch",
    "DailyCount",
    "House",
    "HousePicture",
    "MailText",
    "SigningKey",
    "UsedOnce",
]
