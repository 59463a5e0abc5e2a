"""What the tests of schemas/ share: its folders, its files, and a validator that checks formats."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
from jsonschema import Draft202012Validator, FormatChecker

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "schemas"

sys.path.insert(0, str(ROOT / "scripts"))  # the scripts are programs, not a package

_script = import_module("build_schemas")
STRUCTS: Mapping[str, type[msgspec.Struct]] = _script.STRUCTS
build: Callable[[Path], list[Path]] = _script.build

FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def _is_date_time(value: object) -> bool:
    """RFC 3339: date, T, time and an offset."""
    if not isinstance(value, str):
        return True
    shape = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"
    return bool(re.fullmatch(shape, value)) and datetime.fromisoformat(value.upper()) is not None


@FORMATS.checks("date", raises=ValueError)
def _is_date(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value)) and date.fromisoformat(value) is not None


def load(path: Path) -> Any:
    """A JSON file, read without the decoder under test."""
    return json.loads(path.read_text(encoding="utf-8"))


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator(schema, format_checker=FORMATS)


def versions(subject: str) -> list[tuple[int, int]]:
    """The published versions of ``subject``, oldest first."""
    found = [folder.name for folder in (SCHEMAS / subject).iterdir() if folder.is_dir()]
    return sorted((int(major), int(minor)) for major, minor in (name.split(".") for name in found))


def sample_files() -> Iterator[Path]:
    """Every sample of every version of every subject."""
    return iter(sorted(SCHEMAS.glob("*/*/samples/*.json")))


def decode(subject: str, path: Path) -> msgspec.Struct:
    return msgspec.json.decode(path.read_bytes(), type=STRUCTS[subject])
