"""Time zones under the names that TWS writes: those of the tz database, and Java's short ids.

Source: the short ids of `java.time.ZoneId`; MET is a zone of its own.
"""

from collections.abc import Mapping
from datetime import tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo

JAVA_IDS: Mapping[str, str] = MappingProxyType(
    {
        "JST": "Asia/Tokyo",
        "MET": "Europe/Paris",
        "ECT": "Europe/Paris",
        "IST": "Asia/Kolkata",
        "AET": "Australia/Sydney",
        "CTT": "Asia/Shanghai",
        "PST": "America/Los_Angeles",
        "CST": "America/Chicago",
        "EST": "America/Panama",
    }
)
UTC_DASH = ""
"""The zone of times that name none: `20231214-20:57:37` is UTC."""


def zone_of(name: str) -> tzinfo:
    """The zone of a name; ZoneInfoNotFoundError or ValueError when nobody knows it."""
    return ZoneInfo(JAVA_IDS.get(name, name) or "UTC")
