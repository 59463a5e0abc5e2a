"""The configuration of the notifier: what is read, and every fault at once without a secret in any."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from streams.cli.notify import notify
from streams.model import Change, Kind, Severity
from streams.outlets.config import load_notify
from streams.outlets.receivers import address
from streams.outlets.tables import ConfigFileError

GOOD = """
instance = "desk"

[[receivers]]
name = "hook"
type = "webhook"
url = { env = "HOOK_URL" }
secret = { file = "secret.txt" }
remind_every_s = 1800

[[receivers]]
name = "pager"
type = "pagerduty"
routing_key = { env = "KEY" }

[[receivers]]
name = "files"
type = "cap"
folder = "cap"
sender = "tocsin@newsroom.example"
restriction = "For us"

[[routes]]
name = "north"
receivers = ["hook", "pager"]
kinds = ["active_shooter"]
min_severity = "Severe"
countries = ["NO", "SE"]
near = [{ lat = 60, lon = 10, km = 50 }]
sources = 2
changes = ["opened", "escalated"]

[[routes]]
name = "all"
receivers = ["files"]

[[quiet]]
receivers = ["hook"]
start = 22:00:00
end = "07:00"
zone = "Europe/Oslo"
days = ["mon", "tue"]
below = "Severe"
"""

BAD = """
instnce = "desk"

[[receivers]]
name = "hook"
type = "webhook"
url = "https://user:hunter2@x.example"
secret = "whsec_inline-hunter2"

[[receivers]]
name = "hook"
type = "carrier pigeon"

[[receivers]]
name = "official"
type = "cap"
folder = "cap"
sender = "alerts@police.gov"
restriction = "For us"

[[routes]]
name = "north"
receivers = ["hoook"]
kinds = ["flood"]
countries = ["Norway"]
near = [{ lat = 600, lon = 10, km = 50 }]

[[quiet]]
receivers = ["hook"]
start = "22:00"
end = "late"
zone = "Mars/Olympus"
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "notify.toml"
    file.write_text(text)
    return file


def test_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("secret.txt").write_text("  whsec_x\n")
    config = load_notify(write(tmp_path, GOOD), {"HOOK_URL": "https://x.example/y", "KEY": "k"})
    hook, pager, files = config.receivers
    manner = config.manner(hook)
    (north,) = manner.routes
    assert (north.kinds, north.min_severity) == ({Kind.ACTIVE_SHOOTER}, Severity.SEVERE)
    assert north.changes == manner.changes == {Change.OPENED, Change.ESCALATED}
    assert manner.remind_every == timedelta(minutes=30)
    assert (manner.keeps_state, manner.digests, manner.storm_after) == (False, True, 10)
    assert manner.quiet[0].below is Severity.SEVERE
    assert config.manner(pager).keeps_state
    assert not config.manner(pager).digests
    assert config.manner(files).changes == set(Change)
    assert config.group(hook) == "tocsin-notify.desk.hook"
    assert address(hook.url, {"HOOK_URL": "https://x.example/y"}) == "https://x.example/y"
    with pytest.raises(ValueError, match="no http"):
        address(hook.url, {"HOOK_URL": "file:///etc/passwd"})


def test_every_fault_at_once_and_no_secret_in_any(tmp_path: Path) -> None:
    with pytest.raises(ConfigFileError) as refusal:
        load_notify(write(tmp_path, BAD), {})
    said = "\n".join(refusal.value.faults)
    for part in (
        "instnce",
        "no. 1 (hook): url",
        "no. 1 (hook): secret",
        "no. 2 (hook)",
        "never look official",
        "the name 'hook' is used twice",
        "there is no receiver 'hoook'",
        "'official' is on no route",
        "no. 1 (north): kinds",
        "no. 1 (north): countries",
        "no. 1 (north): near.0.lat",
        "end",
        "Mars/Olympus",
    ):
        assert part in said, part
    assert "hunter2" not in said


def test_missing_secrets_and_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigFileError) as refusal:
        load_notify(write(tmp_path, GOOD), {})
    assert refusal.value.faults == [
        "[[receivers]] (hook): url: the variable HOOK_URL is not set or empty",
        "[[receivers]] (hook): secret: the file secret.txt cannot be read (No such file or directory)",
        "[[receivers]] (pager): routing_key: the variable KEY is not set or empty",
    ]
    for text in ("= broken", ""):
        with pytest.raises(ConfigFileError):
            load_notify(write(tmp_path, text), {})
    with pytest.raises(ConfigFileError, match="No such file"):
        load_notify(tmp_path / "gone.toml", {})
    Path("secret.txt").write_bytes(b"\xff")
    with pytest.raises(ConfigFileError, match="UTF-8"):
        load_notify(write(tmp_path, GOOD), {"HOOK_URL": "https://x.example", "KEY": "k"})


def test_the_verb_checks_and_exits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = str(write(tmp_path, GOOD))
    runner = CliRunner()
    refused = runner.invoke(notify, ["--config", file, "--check"])
    assert refused.exit_code == 2
    assert "3 fault(s)" in refused.output
    Path("secret.txt").write_text("whsec_c2hvcnQ=")
    monkeypatch.setenv("HOOK_URL", "https://x.example")
    monkeypatch.setenv("KEY", "k")
    weak = runner.invoke(notify, ["--config", file, "--check"])
    assert weak.exit_code == 2
    assert "24 bytes" in weak.output
    Path("secret.txt").write_text("whsec_" + "QUJD" * 11)
    sound = runner.invoke(notify, ["--config", file, "--check"])
    assert sound.exit_code == 0, sound.output
    assert "3 receiver(s), 2 route(s)" in sound.output
    assert "Example: tocsin notify" in runner.invoke(notify, ["--help"]).output
