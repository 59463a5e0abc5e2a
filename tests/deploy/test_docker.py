"""Image and compose: held to their linters and schemas, as there need be no engine here to run them."""

import importlib.util
import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from tools import DEPLOY, ROOT, judge

from streams import __version__
from streams.cli import tocsin
from streams.feed.config import load_feeds
from streams.local.jars import KAFKA_VERSION
from streams.outlets.config import load_notify
from streams.settings import PREFIX, load_settings

DOCKERFILE = DEPLOY / "docker" / "Dockerfile"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("tocsin:")}


def test_the_image_pleases_its_linter() -> None:
    judge(str(Path(sys.executable).with_name("hadolint")), DOCKERFILE)


def test_the_image_is_built_from_the_lock_and_not_run_by_root() -> None:
    text = DOCKERFILE.read_text(encoding="utf-8")
    assert "--require-hashes -r requirements.lock" in text
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert text.rindex("USER 10001") > text.rindex("\nFROM "), "in the last stage"
    assert "HEALTHCHECK" in text


def test_all_that_the_image_copies_is_sent_to_the_engine() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = {
        source
        for line in DOCKERFILE.read_text(encoding="utf-8").splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    }
    assert copied == sent
    assert all((ROOT / source).exists() for source in copied)
    assert "*" in ignored


def test_the_build_has_what_the_package_is_made_of() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = DOCKERFILE.read_text(encoding="utf-8")
    assert all(file in text for file in (project["readme"], *project["license-files"]))


def test_compose_follows_its_specification() -> None:
    package = importlib.util.find_spec("check_jsonschema")
    assert package is not None
    assert package.submodule_search_locations
    folder = Path(package.submodule_search_locations[0]) / "builtin_schemas" / "vendor"
    schema = json.loads((folder / "compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(COMPOSE)


def test_images_are_pinned() -> None:
    for name, service in SERVICES.items():
        assert re.search(r":v?\d+\.\d+\.\d+$", service["image"]), name
    assert {service["image"] for service in OURS.values()} == {f"tocsin:{__version__}"}
    assert SERVICES["kafka"]["image"].endswith(f":{KAFKA_VERSION}"), "the version that the tests run against"


def test_every_verb_is_one() -> None:
    for name, service in OURS.items():
        group: Any = tocsin
        words = list(service["command"])
        with group.make_context("tocsin", [words[0]], resilient_parsing=True) as context:
            command = group.get_command(context, words[0])
            assert command is not None, name
            if hasattr(command, "commands"):
                assert words[1] in command.commands, name


def test_our_services_may_do_as_little_as_they_need() -> None:
    for name, service in OURS.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["stop_grace_period"] == "30s"


def test_nothing_is_open_to_other_machines() -> None:
    for name, service in SERVICES.items():
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), name


def test_settings_are_sound(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("0123456789abcdef0123")
    for name, service in OURS.items():
        values = {key: value for key, value in service["environment"].items() if key.startswith(PREFIX)}
        if "TOCSIN_CONSOLE_TOKEN_FILE" in values:
            values["TOCSIN_CONSOLE_TOKEN_FILE"] = str(token)
        assert load_settings(values).kafka_bootstrap_servers == "kafka:9092", name


def test_what_is_mounted_is_there() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            there = (DEPLOY / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
            assert there, f"{name}: {source}"
        assert set(service.get("secrets", ())) <= COMPOSE["secrets"].keys()


def test_prometheus_scrapes_the_services() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    asked = {
        name for job in config["scrape_configs"] for found in job.get("dns_sd_configs", ()) for name in found["names"]
    }
    assert asked == {"triage", "consolidate", "notify", "feed", "console"}
    assert asked < SERVICES.keys()


@pytest.mark.parametrize(
    "file", sorted((DEPLOY / "grafana" / "provisioning").rglob("*.yml")), ids=lambda file: file.name
)
def test_grafana_is_provisioned_from_what_is_mounted(file: Path) -> None:
    found = yaml.safe_load((DEPLOY / "grafana" / "provisioning" / file).read_text(encoding="utf-8"))
    assert found["apiVersion"] == 1
    mounts = {volume.split(":")[1] for volume in SERVICES["grafana"]["volumes"]}
    for provider in found.get("providers", ()):
        assert provider["options"]["path"] in mounts
    for source in found.get("datasources", ()):
        assert source["url"] == "http://prometheus:9090"


def test_the_configurations_that_come_along_are_sound() -> None:
    assert load_notify(DEPLOY / "config" / "notify.toml", {}).receivers
    assert str(load_feeds(DEPLOY / "config" / "feeds.toml").state).startswith("/var/lib/tocsin/")
    load_feeds(DEPLOY / "kubernetes" / "components" / "feed" / "feeds.toml")
