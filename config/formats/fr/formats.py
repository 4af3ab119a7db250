"""Dates as the figures of a page write them: `24 août 2023`."""

DATE_FORMAT = "j N Y"
DATETIME_FORMAT = "j N Y, H:i"
SHORT_DATE_FORMAT = "j N"
SHORT_DATETIME_FORMAT = "j N, H:i"
TIME_FORMAT = "H:i"
THOUSAND_SEPARATOR = "\u202f"
