"""Version: the schema version of every subject that Tocsin reads or writes, each said once.

A subject is a folder under ``schemas/``. A minor version adds optional fields only, so that old and new workers read
each other's records in either direction; anything else is a new major version (see ``schemas/README.md``).
"""

from typing import Final

SCHEMA_VERSIONS: Final = {
    "article": "1.0",
    "reading": "1.0",
    "sighting": "1.0",
    "incident": "1.0",
    "alert": "1.0",
    "suppressed": "1.0",
    "command": "1.0",
}
"""Subject to ``<major>.<minor>`` of the form that this release writes."""


def schema_id(subject: str, version: str | None = None) -> str:
    """The URN of a subject's schema in ``version``, or in the one this release writes.

    Raises:
        KeyError: there is no such subject.
    """
    return f"urn:tocsin:schema:{subject}:{version or SCHEMA_VERSIONS[subject]}"
