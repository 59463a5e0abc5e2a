"""Table: configuration files in TOML with lists of tables, and every fault of them told at once."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

RECEIVER_TYPES: Final = ("webhook", "alertmanager", "pagerduty", "cap", "apprise")


class ConfigFileError(ValueError):
    """The file has faults; ``faults`` lists every one, each with its place, the reason and a next step."""

    def __init__(self, file: Path, faults: list[str]) -> None:
        lines = "\n".join(f"  - {fault}" for fault in faults)
        super().__init__(f"{len(faults)} fault(s) in {file}:\n{lines}")
        self.faults = faults


def read_tables(file: Path) -> dict[str, Any]:
    """The content of ``file``.

    Raises:
        ConfigFileError: it cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigFileError(file, [f"{error.strerror}: name a file that can be read"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigFileError(file, [f"{error}: mend the TOML"]) from error


def sentences(error: ValidationError, values: Mapping[str, Any]) -> list[str]:
    """The faults of ``error``. What was given is never repeated: it may be a secret in the wrong place."""
    return [_sentence(detail, values) for detail in error.errors(include_url=False)]


def _sentence(detail: Any, values: Mapping[str, Any]) -> str:
    place, loc = "", list(detail["loc"])
    if len(loc) >= 2 and isinstance(loc[1], int):
        table = values.get(loc[0])
        entry = table[loc[1]] if isinstance(table, list) and loc[1] < len(table) else None
        name = entry.get("name") if isinstance(entry, dict) else None
        place = f"[[{loc[0]}]] no. {loc[1] + 1}" + (f" ({name})" if isinstance(name, str) else "")
        loc = loc[2:]
    fields = [str(part) for part in loc if part not in RECEIVER_TYPES]
    message = str(detail["msg"]).removeprefix("Value error, ")
    return ": ".join(part for part in (place, ".".join(fields), message) if part)


def tables(values: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """The tables ``[[kind]]`` as they stand in the file, right or wrong."""
    found = values.get(kind)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def repeated(values: Mapping[str, Any], kind: str, field: str) -> Iterator[str]:
    """A fault for every value of ``field`` that two tables ``[[kind]]`` share."""
    counts = Counter(str(entry[field]) for entry in tables(values, kind) if field in entry)
    for value, count in counts.items():
        if count > 1:
            yield f"[[{kind}]]: the {field} {value!r} is used twice"
