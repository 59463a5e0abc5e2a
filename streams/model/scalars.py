"""Scalar: the annotated times and numbers that values are made of, with their bounds as schemas tell them.

A moment must have an offset to be decoded, since a naive one would only fail later, where times are compared. The
bounds of numbers are promises of the writer: they stand in the schemas, and the decoder does not insist on them, so
that a rounding error in a confidence can never cost an alert.
"""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

Moment = Annotated[datetime, Meta(tz=True)]
"""An instant: RFC 3339 with offset; Tocsin writes UTC."""

Probability = Annotated[float, Meta(extra_json_schema={"minimum": 0, "maximum": 1})]
"""0 to 1."""

Latitude = Annotated[float, Meta(extra_json_schema={"minimum": -90, "maximum": 90})]
"""WGS 84 degrees, north positive."""

Longitude = Annotated[float, Meta(extra_json_schema={"minimum": -180, "maximum": 180})]
"""WGS 84 degrees, east positive."""

CountryCode = Annotated[str, Meta(extra_json_schema={"pattern": "^[A-Z]{2}$"})]
"""ISO 3166-1 alpha-2, or a user-assigned code."""

Whole = Annotated[int, Meta(extra_json_schema={"minimum": 0})]
"""A count or an offset: 0 and up."""

Ordinal = Annotated[int, Meta(extra_json_schema={"minimum": 1})]
"""A rank or a revision: counted from 1."""
