"""A minor version keeps to its rules: on cases made for each rule, and on every version that was published."""

from collections.abc import Iterator
from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
from compatibility import compatible
from schema_files import SCHEMAS, STRUCTS, build, load, versions

from streams.model.versions import SCHEMA_VERSIONS

OLD: dict[str, Any] = {
    "$id": "urn:tocsin:schema:flare:1.0",
    "type": "object",
    "description": "A flare that was seen.",
    "properties": {
        "id": {"type": "string", "maxLength": 64},
        "colour": {"$ref": "#/$defs/Colour"},
        "height": {"anyOf": [{"type": "number"}, {"type": "null"}], "default": None},
        "seen_from": {"anyOf": [{"$ref": "#/$defs/Ship"}, {"type": "null"}], "default": None},
        "echoes": {"type": "array", "items": {"$ref": "#/$defs/Flare"}, "default": []},
        "names": {"type": "array", "items": {"type": "string"}, "default": []},
    },
    "required": ["id", "colour"],
    "$defs": {
        "Colour": {"title": "Colour", "type": "string", "enum": ["red", "white"]},
        "Ship": {
            "title": "Ship",
            "type": "object",
            "properties": {"name": {"type": "string"}, "crew": {"type": "integer", "minimum": 0, "default": 0}},
            "required": ["name"],
        },
        "Flare": {
            "title": "Flare",
            "type": "object",
            "properties": {"echoes": {"type": "array", "items": {"$ref": "#/$defs/Flare"}}},
        },
    },
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """``OLD`` with ``value`` at ``path``; None takes away what is there."""
    schema = deepcopy(OLD)
    *way, last = path.split("/")
    node: Any = schema
    for step in way:
        node = node[int(step) if isinstance(node, list) else step]
    key = int(last) if isinstance(node, list) else last
    if value is None:
        del node[key]
    else:
        node[key] = value
    return schema


def test_a_version_is_compatible_with_itself() -> None:
    assert compatible(OLD, OLD) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("properties/bearing", {"type": "number", "default": 0.0}),
        ("properties/wind", {"anyOf": [{"$ref": "#/$defs/Ship"}, {"type": "null"}], "default": None}),
        ("$defs/Ship/properties/flag", {"type": "string", "default": ""}),
        ("$defs/Flare/properties/late", {"type": "boolean", "default": False}),
        ("$defs/Harbour", {"type": "object"}),
        ("description", "A flare, told better."),
        ("$id", "urn:tocsin:schema:flare:1.1"),
        ("properties/id", {"type": "string", "maxLength": 64, "title": "Id", "examples": ["x"]}),
    ],
)
def test_what_a_minor_version_may_change(path: str, value: Any) -> None:
    assert compatible(OLD, changed(path, value)) == []


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("properties/names", None, "$.names: the field is gone"),
        ("$defs/Ship/properties/crew", None, "$.seen_from.crew: the field is gone"),
        ("required", ["id", "colour", "names"], "$.names: became required"),
        ("required", ["id"], "$.colour: is no longer required"),
        ("properties/id", {"type": "integer", "maxLength": 64}, "$.id: the type changed from string to integer"),
        ("properties/id", {"type": "string", "maxLength": 32}, "$.id: maxLength changed"),
        ("properties/id", {"type": "string"}, "$.id: maxLength changed"),
        ("properties/id", {"type": "string", "maxLength": 64, "pattern": "^f"}, "$.id: pattern changed"),
        ("properties/id", {"type": "string", "maxLength": 64, "enum": ["f"]}, "$.id: an enum came or went"),
        ("properties/names/items", {"type": "number"}, "$.names[]: the type changed"),
        ("properties/names/default", ["flare"], "$.names: the default changed"),
        ("$defs/Ship/properties/crew/default", None, "$.seen_from.crew: the default changed"),
        ("$defs/Ship/properties/crew/minimum", 1, "$.seen_from.crew: minimum changed"),
        ("$defs/Colour/enum", ["red"], "$.colour: the value 'white' is gone"),
        ("$defs/Colour/enum", ["red", "white", "green"], "$.colour: the value 'green' is new"),
        ("properties/height/anyOf", [{"type": "number"}], "$.height: may no longer be null"),
        ("properties/height", {"type": "number", "default": None}, "$.height: may no longer be null"),
        ("properties/height/anyOf/0", {"type": "string"}, "$.height: may now be string"),
        ("properties/id", {"anyOf": [{"type": "string", "maxLength": 64}, {"type": "null"}]}, "may now be null"),
        ("properties/seen_from/anyOf/0", {"$ref": "#/$defs/Flare"}, "$.seen_from: may now be Flare"),
        ("anyOf", [{"required": ["height"]}], "$: anyOf changed"),
        ("additionalProperties", False, "$: additionalProperties changed"),
    ],
)
def test_what_only_a_major_version_may_change(path: str, value: Any, fault: str) -> None:
    faults = compatible(OLD, changed(path, value))
    assert any(fault in found for found in faults), faults


def test_a_new_field_must_be_optional() -> None:
    new = changed("properties/bearing", {"type": "number"})
    new["required"] = [*new["required"], "bearing"]
    assert compatible(OLD, new) == ["$.bearing: a new field that is required, which old records lack"]


def test_a_new_field_needs_old_readers_that_ignore_it() -> None:
    closed = {**OLD, "additionalProperties": False}
    new = {**closed, "properties": {**closed["properties"], "bearing": {"type": "number", "default": 0}}}
    assert compatible(closed, new) == ["$.bearing: a new field where old readers refuse unknown ones"]


def test_a_default_is_compared_wherever_a_definition_is_used() -> None:
    old = changed("properties/second_colour", {"$ref": "#/$defs/Colour", "default": "red"})
    new = changed("properties/second_colour", {"$ref": "#/$defs/Colour", "default": "white"})
    assert len(compatible(old, new)) == 1


def test_every_fault_is_told_at_once() -> None:
    new = changed("properties/names", None)
    new["$defs"]["Colour"]["enum"] = ["white", "green"]
    assert len(compatible(OLD, new)) == 3


def test_a_reference_to_another_document_is_refused() -> None:
    with pytest.raises(ValueError, match=r"their own \$defs"):
        compatible(OLD, changed("properties/colour", {"$ref": "colours.json"}))


def consecutive() -> Iterator[tuple[str, str, str]]:
    """Every minor version of every subject with the one before it, as far as there are any."""
    for subject in STRUCTS:
        for (major, minor), (later_major, later_minor) in pairwise(versions(subject)):
            if major == later_major:
                yield subject, f"{major}.{minor}", f"{later_major}.{later_minor}"


def test_every_published_minor_version_is_compatible_with_the_one_before() -> None:
    for subject, before, after in consecutive():
        old, new = (load(SCHEMAS / subject / version / "schema.json") for version in (before, after))
        assert compatible(old, new) == [], f"{subject} {after} is no minor version after {before}"


@pytest.mark.parametrize("subject", STRUCTS)
def test_the_rules_hold_on_the_real_schemas(subject: str, tmp_path: Any) -> None:
    """A field of every schema is taken away, added and demanded in turn: the rules see all three."""
    build(tmp_path)
    schema = load(tmp_path / subject / SCHEMA_VERSIONS[subject] / "schema.json")
    grown, shrunk, strict = deepcopy(schema), deepcopy(schema), deepcopy(schema)
    grown["properties"]["x_new"] = {"type": "string", "default": ""}
    shrunk["properties"].popitem()
    strict["required"] = list(schema["properties"])
    assert compatible(schema, grown) == []
    assert compatible(grown, schema)
    assert compatible(schema, shrunk)
    assert bool(compatible(schema, strict)) == (set(schema["required"]) != set(strict["required"]))
