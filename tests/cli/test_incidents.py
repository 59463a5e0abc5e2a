"""The verbs incidents and history, over the alert events of a replay."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from click import unstyle
from click.testing import CliRunner, Result

from streams.cli import tocsin
from streams.cli.incidents import standing
from streams.cli.render import alert_line
from streams.local import SAMPLES
from streams.model import AlertEvent, Count, Direction, Phase, ThreatLevel, Toll
from streams.model.command import Command
from streams.model.kinds import CommandAction


def run(*arguments: str) -> Result:
    return CliRunner().invoke(tocsin, list(arguments))


@pytest.fixture(scope="module")
def alerts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("alerts") / "alerts.jsonl"
    assert run("replay", str(SAMPLES), "--alerts", str(file)).exit_code == 0
    return file


def events(file: Path) -> list[AlertEvent]:
    return [msgspec.json.decode(line, type=AlertEvent) for line in file.read_bytes().splitlines()]


def test_incidents_stand_as_they_stood_at_a_time(alerts: Path) -> None:
    before = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    (tampere,) = standing(events(alerts), before, "tampere")
    assert (tampere.revision, tampere.status) == (1, Phase.ACTIVE)
    (later,) = standing(events(alerts), None, "fi")
    assert later.status is Phase.ALL_CLEAR
    assert standing(events(alerts), datetime(2020, 1, 1, tzinfo=UTC), None) == []


def test_what_is_over_is_listed_when_asked_for(alerts: Path) -> None:
    assert "Tampere" not in run("incidents", "--alerts", str(alerts)).output
    assert "Tampere" in run("incidents", "--alerts", str(alerts), "--all").output
    shown = run("incidents", "--alerts", str(alerts), "--all", "--json", "--place", "Finland").output
    assert msgspec.json.decode(shown, type=AlertEvent).place


def test_history_tells_what_each_revision_changed(alerts: Path) -> None:
    (tampere,) = standing(events(alerts), None, "Tampere")
    told = run("history", tampere.incident_id, "--alerts", str(alerts)).output
    assert "severity: Severe → Extreme" in told
    assert "status: active → all clear" in told
    assert told.count("“Three dead, six wounded") >= 1


def test_an_unknown_incident_is_told_with_the_next_step(alerts: Path) -> None:
    result = run("history", "nobody", "--alerts", str(alerts))
    assert result.exit_code == 1
    assert "tocsin incidents --all" in result.output


def test_a_changed_policy_shows_what_it_would_have_alerted(tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("notify_budget = 1\n", encoding="utf-8")
    result = run("replay", str(SAMPLES), "--rules", str(policy), "--diff")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines
    assert {line[0] for line in lines} == {"+", "-"}


@pytest.mark.parametrize(("content", "said"), [("lateness = 1", "policy"), ("[", "policy")])
def test_a_wrong_policy_is_named(tmp_path: Path, content: str, said: str) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(content, encoding="utf-8")
    result = run("replay", str(SAMPLES), "--rules", str(policy))
    assert result.exit_code == 1
    assert said in result.output


def test_a_line_tells_of_the_level_in_force_of_a_disputed_toll_and_of_a_merge(alerts: Path) -> None:
    told = msgspec.structs.replace(
        events(alerts)[0],
        casualties=Toll(killed=Count(latest=4, min=2, max=5, conflict=True)),
        threat_level=ThreatLevel(country_code="FI", level="high", rank=3, of=4, direction=Direction.KEPT),
        redirect="fi-2",
    )
    line = unstyle(alert_line(told))
    assert "4 killed (2–5, sources differ) · level high (3 of 4) · " in line
    assert line.endswith("goes on as fi-2")


def test_a_replay_carries_orders_out(tmp_path: Path, alerts: Path) -> None:
    told = [event for event in events(alerts) if event.incident_id.startswith("fi-") and event.trigger.article_id]
    order = Command(
        id="o1",
        action=CommandAction.SPLIT,
        by="Ines",
        at=datetime(2030, 1, 1, tzinfo=UTC),
        incident_id=told[0].incident_id,
        article_ids=(told[1].trigger.article_id,),
    )
    orders, out = tmp_path / "orders.jsonl", tmp_path / "alerts.jsonl"
    orders.write_bytes(msgspec.json.encode(order) + b"\n")
    assert run("replay", str(SAMPLES), "--orders", str(orders), "--alerts", str(out)).exit_code == 0
    assert [event.reason for event in events(out)[len(events(alerts)) :]] == ["split", "split"]
    orders.write_text("{}\n", encoding="utf-8")
    refused = run("replay", str(SAMPLES), "--orders", str(orders))
    assert (refused.exit_code, "tocsin orders list --json" in refused.output) == (1, True)
