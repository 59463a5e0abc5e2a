"""Samples, schemas and structs agree, over every version that was ever published."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from schema_files import SCHEMAS, STRUCTS, decode, load, sample_files, validator, versions

from streams.model import AlertEvent, Change, Phase, decode_article
from streams.model.command import Command
from streams.model.kinds import CommandAction
from streams.model.versions import SCHEMA_VERSIONS

SAMPLES = list(sample_files())


def named(path: Path) -> str:
    return "/".join((*path.parts[-4:-2], path.stem))


def readable(path: Path) -> bool:
    """True when this release reads the major version of the sample."""
    return path.parts[-3].split(".")[0] == SCHEMA_VERSIONS[path.parts[-4]].split(".")[0]


every_sample = pytest.mark.parametrize("path", SAMPLES, ids=named)
written_by_us = [path for path in SAMPLES if path.parts[-4] != "article"]


@every_sample
def test_sample_validates_against_every_version_of_its_major(path: Path) -> None:
    """The newest for readers that were upgraded first, the older ones for those that lag behind."""
    subject, version = path.parts[-4], path.parts[-3]
    for major, minor in versions(subject):
        if major == int(version.split(".")[0]):
            validator(load(SCHEMAS / subject / f"{major}.{minor}" / "schema.json")).validate(load(path))


@every_sample
def test_sample_of_a_readable_version_round_trips(path: Path) -> None:
    subject = path.parts[-4]
    if not readable(path):
        pytest.skip("another major version: it has readers of its own")
    value = decode(subject, path)
    assert msgspec.json.decode(msgspec.json.encode(value), type=STRUCTS[subject]) == value


@pytest.mark.parametrize("path", written_by_us, ids=named)
def test_a_worker_writes_all_that_a_sample_holds(path: Path) -> None:
    """Nothing of a record is lost or renamed on its way through; a newer writer may add to it."""
    subject = path.parts[-4]
    if not readable(path):
        pytest.skip("another major version: it has readers of its own")
    assert _holds(msgspec.json.decode(msgspec.json.encode(decode(subject, path))), load(path))


@every_sample
def test_fields_of_a_newer_minor_version_are_ignored(path: Path) -> None:
    subject = path.parts[-4]
    if not readable(path):
        pytest.skip("another major version: it has readers of its own")
    maps = _maps(load(path.parents[1] / "schema.json"))
    newer = msgspec.json.encode(_with_unknown_fields(load(path), maps))
    assert msgspec.json.decode(newer, type=STRUCTS[subject]) == decode(subject, path)


@pytest.mark.parametrize("path", [path for path in SAMPLES if path.parts[-4] == "article"], ids=named)
def test_article_sample_is_accepted(path: Path) -> None:
    assert decode_article(path.read_bytes()).id == load(path)["id"]


@pytest.mark.parametrize("subject", STRUCTS)
def test_every_version_has_samples(subject: str) -> None:
    for major, minor in versions(subject):
        assert len(list((SCHEMAS / subject / f"{major}.{minor}" / "samples").glob("*.json"))) >= 3


def test_samples_cover_the_vocabulary_of_alerts() -> None:
    events = [event for event in _decoded("alert") if isinstance(event, AlertEvent)]
    assert {event.change for event in events} == set(Change)
    assert {event.status for event in events} == set(Phase)
    assert {len(event.kinds) for event in events} >= {1, 2, 3}
    assert {event.place is None for event in events} == {True, False}
    assert {event.notify for event in events} == {True, False}
    assert all(event.id == f"{event.incident_id}:{event.revision}" for event in events)


def test_samples_cover_the_orders_of_operators() -> None:
    assert {command.action for command in _decoded("command") if isinstance(command, Command)} == set(CommandAction)


@pytest.mark.parametrize("subject", ["article", "alert"])
def test_samples_show_every_field_that_others_meet(subject: str) -> None:
    folder = SCHEMAS / subject / SCHEMA_VERSIONS[subject]
    schema = load(folder / "schema.json")
    structs = [schema, *schema.get("$defs", {}).values()]
    fields = {field for struct in structs for field in struct.get("properties", {})}
    shown = {field for path in folder.glob("samples/*.json") for field in _told(load(path))}
    assert fields <= shown


def _told(value: Any) -> Iterator[str]:
    """The names of all fields that have a value."""
    for name, item in value.items() if isinstance(value, dict) else ():
        if item is not None:
            yield name
            yield from _told(item)
    for item in value if isinstance(value, list) else ():
        yield from _told(item)


def _holds(whole: Any, part: Any) -> bool:
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and _holds(whole[name], item) for name, item in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) == len(whole) and all(map(_holds, whole, part))
    return bool(whole == part)


def _decoded(subject: str) -> Iterator[msgspec.Struct]:
    folder = SCHEMAS / subject / SCHEMA_VERSIONS[subject] / "samples"
    return (decode(subject, path) for path in sorted(folder.glob("*.json")))


def _maps(schema: dict[str, Any]) -> set[str]:
    """The fields that are maps: what they hold is no field of a struct."""
    structs = [schema, *schema.get("$defs", {}).values()]
    fields = [field for struct in structs for field in struct.get("properties", {}).items()]
    return {name for name, field in fields if "additionalProperties" in field}


def _with_unknown_fields(value: Any, maps: set[str]) -> Any:
    if isinstance(value, list):
        return [_with_unknown_fields(item, maps) for item in value]
    if isinstance(value, dict):
        known = {name: item if name in maps else _with_unknown_fields(item, maps) for name, item in value.items()}
        return {"x_newer": {"id": 1, "deep": [None]}, **known, "x_newest": "later"}
    return value
