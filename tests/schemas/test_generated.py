"""The files under schemas/ are what the structs say."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from schema_files import SCHEMAS, STRUCTS, build, load, versions

from streams.model.versions import SCHEMA_VERSIONS, schema_id
from streams.settings import load_settings
from streams.topics import topics


def test_files_are_up_to_date(tmp_path: Path) -> None:
    for made in build(tmp_path):
        kept = SCHEMAS / made.relative_to(tmp_path)
        assert kept.is_file(), f"{kept.name} was never written: run `make schemas`"
        assert kept.read_text(encoding="utf-8") == made.read_text(encoding="utf-8"), f"{kept}: run `make schemas`"


def test_every_subject_has_a_struct_a_version_and_a_folder() -> None:
    folders = {folder.name for folder in SCHEMAS.iterdir() if folder.is_dir()}
    assert STRUCTS.keys() == SCHEMA_VERSIONS.keys() == folders


def test_every_topic_names_a_subject() -> None:
    assert {topic.schema for topic in topics(load_settings({}))} - {None} <= SCHEMA_VERSIONS.keys()


@pytest.mark.parametrize("subject", SCHEMA_VERSIONS)
def test_this_release_writes_the_newest_version(subject: str) -> None:
    assert re.fullmatch(r"[1-9]\d*\.(0|[1-9]\d*)", SCHEMA_VERSIONS[subject])
    major, minor = versions(subject)[-1]
    assert f"{major}.{minor}" == SCHEMA_VERSIONS[subject]


@pytest.mark.parametrize("subject", SCHEMA_VERSIONS)
def test_no_minor_version_was_skipped(subject: str) -> None:
    found = versions(subject)
    assert found[0] == (1, 0)
    for (major, minor), later in pairwise(found):
        assert later in ((major, minor + 1), (major + 1, 0))


@pytest.mark.parametrize("path", sorted(SCHEMAS.glob("*/*/schema.json")), ids=lambda path: path.parent.as_posix()[-12:])
def test_schema_is_valid_and_says_what_it_is(path: Path) -> None:
    schema = load(path)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema["$id"] == schema_id(path.parts[-3], path.parts[-2])
    assert schema["title"]
    for name, definition in schema.get("$defs", {}).items():
        assert definition.get("description"), f"{name} has no docstring"
        assert "``" not in definition["description"]


def test_moments_bounds_and_vocabularies_reach_the_schema() -> None:
    alert = load(SCHEMAS / "alert" / SCHEMA_VERSIONS["alert"] / "schema.json")
    assert alert["properties"]["first_seen_at"] == {"type": "string", "format": "date-time"}
    assert alert["properties"]["confidence"] == {"type": "number", "minimum": 0, "maximum": 1}
    assert alert["$defs"]["Severity"]["enum"] == ["Minor", "Moderate", "Severe", "Extreme"]
    assert "place" in alert["required"]


def test_schema_id_of_no_subject() -> None:
    with pytest.raises(KeyError):
        schema_id("weather")
