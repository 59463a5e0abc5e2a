"""schemas/asyncapi.yaml is AsyncAPI 3.0, whole, and tells of every topic and header as the workers write them."""

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from aiokafka import ConsumerRecord
from jsonschema import Draft7Validator
from schema_files import SCHEMAS, load, validator

from streams.model import AlertEvent
from streams.settings import load_settings
from streams.topics import topics
from streams.workers.dead_letters import cut_short, dead_letter
from streams.workers.records import Headers, cloud_event_headers

SPECIFICATION = "@asyncapi/specs"
SPECIFICATION_VERSION = "6.11.1"
SPECIFICATION_SHA512 = "A3WBLqAKGoJ2+6FWFtpjBlCQ1oFCcs4GxF7zsIGvNqp/klGUHjlA3aAcZ9XMMpLGE8zPeYDz2x9FmO6DSuKraQ=="
"""The official JSON Schema of AsyncAPI documents is published as an npm package only; no Python package ships it."""

DOCUMENT: dict[str, Any] = yaml.safe_load((SCHEMAS / "asyncapi.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def official(request: pytest.FixtureRequest) -> Draft7Validator:
    """A validator by the official schema, fetched once by npm and kept in pytest's cache."""
    cache = request.config.cache
    assert cache is not None, "pytest's cache plugin is always on here"
    folder = cache.mkdir(f"asyncapi-specs-{SPECIFICATION_VERSION}")
    kept = folder / "3.0.0.json"
    if not kept.is_file():
        kept.write_bytes(_fetch(folder))
    return Draft7Validator(json.loads(kept.read_text(encoding="utf-8")))


def _fetch(folder: Path) -> bytes:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("AsyncAPI document NOT validated by the official schema: npm, which alone has it, is not installed")
    command = [npm, "pack", "--silent", f"{SPECIFICATION}@{SPECIFICATION_VERSION}", "--pack-destination", str(folder)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        pytest.skip(f"AsyncAPI document NOT validated by the official schema: npm pack failed: {done.stderr[-300:]}")
    [archive] = folder.glob("*.tgz")
    try:
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        assert digest == SPECIFICATION_SHA512, f"{archive.name} is not the package that was chosen"
        with tarfile.open(archive) as package:
            member = package.extractfile("package/schemas/3.0.0.json")
            assert member is not None
            with member:
                return member.read()
    finally:
        archive.unlink()


def test_document_is_valid_by_the_official_schema(official: Draft7Validator) -> None:
    assert [f"{error.json_path}: {error.message[:200]}" for error in official.iter_errors(DOCUMENT)] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("asyncapi",), "2.6.0"),
        (("info", "licence"), "x"),
        (("operations", "triage_receive_articles", "action"), "publish"),
        (("channels", "articles", "bindings", "kafka", "partitions"), 0),
        (("channels", "incidents", "bindings", "kafka", "topicConfiguration", "cleanup.policy"), "compact"),
        (("components", "messages", "alert", "schemaFormat"), "x"),
    ],
)
def test_the_official_schema_finds_faults(official: Draft7Validator, path: tuple[str, ...], value: object) -> None:
    broken = json.loads(json.dumps(DOCUMENT))
    node = broken
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    assert not official.is_valid(broken)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from (value for key, value in node.items() if key == "$ref")
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _references(child)


def _follow(reference: str) -> Any:
    """What ``reference`` points at: a node of the document, or a file beside it."""
    if not reference.startswith("#/"):
        return load(SCHEMAS / reference)
    node: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


@pytest.mark.parametrize("reference", sorted(set(_references(DOCUMENT))))
def test_every_reference_resolves(reference: str) -> None:
    assert _follow(reference)


def test_every_topic_is_a_channel_as_it_will_be_made() -> None:
    every = topics(load_settings({}))
    assert list(DOCUMENT["channels"]) == [topic.key.value for topic in every]
    for topic in every:
        channel = DOCUMENT["channels"][topic.key.value]
        binding = channel["bindings"]["kafka"]
        assert (channel["address"], binding["topic"]) == (topic.name, topic.name)
        assert (binding["partitions"], binding["replicas"]) == (topic.partitions, topic.replication_factor)
        told = {name: ",".join(value) if isinstance(value, list) else str(value)
                for name, value in binding["topicConfiguration"].items()}  # fmt: skip
        assert told == {"cleanup.policy": "delete"} | topic.config


def test_payloads_are_the_schemas_that_the_topics_name() -> None:
    for topic in topics(load_settings({})):
        messages = [_follow(link["$ref"]) for link in DOCUMENT["channels"][topic.key.value]["messages"].values()]
        payloads = [
            message["payload"]["schema"]["$ref"] for message in messages if "schema" in message.get("payload", {})
        ]
        assert [reference.split("/")[1] for reference in payloads] == ([topic.schema] if topic.schema else [])


def test_every_message_is_carried_and_every_channel_written_or_read() -> None:
    carried = {link["$ref"] for channel in DOCUMENT["channels"].values() for link in channel["messages"].values()}
    assert carried == {f"#/components/messages/{name}" for name in DOCUMENT["components"]["messages"]}
    used = {operation["channel"]["$ref"] for operation in DOCUMENT["operations"].values()}
    assert used == {f"#/channels/{name}" for name in DOCUMENT["channels"]}


def test_operations_name_messages_of_their_own_channel() -> None:
    for operation in DOCUMENT["operations"].values():
        assert all(link["$ref"].startswith(f"{operation['channel']['$ref']}/") for link in operation["messages"])


def _headers(headers: Headers) -> dict[str, str]:
    return {name: value.decode() for name, value in headers}


def test_alert_headers_are_as_described() -> None:
    described = DOCUMENT["components"]["messages"]["alert"]["headers"]
    for path in sorted((SCHEMAS / "alert" / "1.0" / "samples").glob("*.json")):
        headers = _headers(cloud_event_headers(msgspec.json.decode(path.read_bytes(), type=AlertEvent)))
        validator(described).validate(headers)
        assert headers.keys() <= described["properties"].keys()


def test_dead_letter_headers_are_as_described() -> None:
    described = DOCUMENT["components"]["messages"]["dead_letter"]["headers"]
    record = ConsumerRecord(
        topic="articles", partition=2, offset=7, timestamp=1_931_000_000_000, timestamp_type=0, key=b"k",
        value=b"\xff", checksum=None, serialized_key_size=1, serialized_value_size=1, headers=(),
    )  # fmt: skip
    letter = dead_letter(record, "tocsin.dead-letters", worker="triage", reason="not_utf8", message="send UTF-8")
    cut = cut_short(letter)
    assert cut is not None
    for headers in (_headers(letter.headers), _headers(cut.headers)):
        validator(described).validate(headers)
        assert headers.keys() <= described["properties"].keys()
