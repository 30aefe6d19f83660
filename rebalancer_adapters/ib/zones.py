"""Time zones by the names that TWS gives them: Java's, which are not all in the zone data."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# java.time.ZoneId.SHORT_IDS, and names that newer zone data have dropped or know as a fixed offset
# that is wrong in summer.
_ZONES = {
    "ACT": "Australia/Darwin",
    "AET": "Australia/Sydney",
    "AGT": "America/Argentina/Buenos_Aires",
    "ART": "Africa/Cairo",
    "AST": "America/Anchorage",
    "BET": "America/Sao_Paulo",
    "BST": "Asia/Dhaka",
    "CAT": "Africa/Harare",
    "CET": "Europe/Brussels",
    "CNT": "America/St_Johns",
    "CST": "America/Chicago",
    "CST6CDT": "America/Chicago",
    "CTT": "Asia/Shanghai",
    "EAT": "Africa/Addis_Ababa",
    "ECT": "Europe/Paris",
    "EET": "Europe/Athens",
    "EST": "America/New_York",
    "EST5EDT": "America/New_York",
    "GMT": "UTC",
    "HST": "Pacific/Honolulu",
    "IET": "America/Indiana/Indianapolis",
    "IST": "Asia/Kolkata",
    "JST": "Asia/Tokyo",
    "MET": "Europe/Brussels",
    "MIT": "Pacific/Apia",
    "MST": "America/Denver",
    "MST7MDT": "America/Denver",
    "NET": "Asia/Yerevan",
    "NST": "Pacific/Auckland",
    "PLT": "Asia/Karachi",
    "PNT": "America/Phoenix",
    "PRT": "America/Puerto_Rico",
    "PST": "America/Los_Angeles",
    "PST8PDT": "America/Los_Angeles",
    "SST": "Pacific/Guadalcanal",
    "US/Central": "America/Chicago",
    "US/Eastern": "America/New_York",
    "US/Mountain": "America/Denver",
    "US/Pacific": "America/Los_Angeles",
    "VST": "Asia/Ho_Chi_Minh",
    "WET": "Europe/Lisbon",
    "Z": "UTC",
}


def zone_of(name: str) -> ZoneInfo | None:
    """The zone of that name, or None where nobody knows it.

    >>> zone_of("JST"), zone_of("US/Eastern (Eastern Standard Time)"), zone_of("Mars/Olympus")
    (zoneinfo.ZoneInfo(key='Asia/Tokyo'), zoneinfo.ZoneInfo(key='America/New_York'), None)
    """
    short = name.split("(", maxsplit=1)[0].strip()
    try:
        return ZoneInfo(_ZONES.get(short, short))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
