"""Prometheus: rules and queries by promtool, and what people read in a runbook when an alert fires."""

import re
from pathlib import Path

import pytest
import yaml
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families
from promql import Asked, of_panels, of_rules, panels, rules
from tools import DEPLOY, ROOT, judge

from streams.metrics import Metrics

UNIT_TESTS = Path(__file__).with_name("tocsin.rules.test.yml")
ALERTS = [rule for rule in rules() if "alert" in rule]
_NAME = re.compile(r"(?:[a-z_]+:)?tocsin[a-z_:]*[a-z0-9_]*|process_[a-z_]+")


@pytest.mark.prometheus
@pytest.mark.parametrize("name", ["prometheus.yml", "prometheus-host.yml"])
def test_configuration_is_sound(name: str) -> None:
    assert "SUCCESS" in judge("promtool", "check", "config", DEPLOY / "prometheus" / name)


@pytest.mark.prometheus
def test_rules_fire_when_they_should() -> None:
    assert "SUCCESS" in judge("promtool", "test", "rules", UNIT_TESTS)


@pytest.mark.prometheus
def test_every_query_of_a_panel_is_promql(tmp_path: Path) -> None:
    # promtool parses an expression without a server in one place only: as a rule.
    records = [{"record": f"query:{number}", "expr": asked.over("1m")} for number, asked in enumerate(of_panels())]
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": records}]}))
    assert f"{len(records)} rules found" in judge("promtool", "check", "rules", file)


@pytest.mark.prometheus
def test_metrics_please_the_linter_of_prometheus() -> None:
    metrics = Metrics()
    for worker in ("triage", "consolidate", "notify", "feed"):
        metrics.begin(worker)
    metrics.begin_receiver("desk")
    page = generate_latest(metrics.registry).decode()
    assert not judge("promtool", "check", "metrics", text=page)


def test_every_rule_has_a_unit_test() -> None:
    told = UNIT_TESTS.read_text(encoding="utf-8")
    missing = [name for name in (rule.get("record") or rule["alert"] for rule in rules()) if name not in told]
    assert missing == []


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_every_alert_leads_to_its_section_of_the_runbook(rule: dict[str, dict[str, str]]) -> None:
    assert set(rule["annotations"]) == {"summary", "description", "runbook"}
    assert rule["labels"]["severity"] in ("critical", "warning", "info", "none")
    file, _, anchor = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE)
    assert anchor == str(rule["alert"]).lower()
    assert rule["alert"] in headings, "write what to do when it fires"


def test_the_runbook_speaks_of_no_alert_that_is_gone() -> None:
    text = (DEPLOY / "OPERATIONS.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^#+ (Tocsin\w+)$", text, re.MULTILINE)) == {rule["alert"] for rule in ALERTS}


def known() -> set[str]:
    """The series that there can be: of the code, of its histograms, and of the rules."""
    page = generate_latest(Metrics().registry).decode()
    names = set()
    for family in text_string_to_metric_families(page):
        names |= {family.name, *(f"{family.name}{end}" for end in ("_total", "_bucket", "_sum", "_count", "_info"))}
    return names | {rule["record"] for rule in rules() if "record" in rule} | {"process_start_time_seconds"}


@pytest.mark.parametrize("asked", [*of_panels(), *of_rules()], ids=lambda asked: asked.where)
def test_queries_name_metrics_that_there_are(asked: Asked) -> None:
    bare = re.sub(r'"[^"]*"', '""', asked.expr)
    assert set(_NAME.findall(bare)) <= known(), asked.expr


def test_every_metric_is_on_a_dashboard_or_in_a_rule() -> None:
    asked = " ".join(each.expr for each in [*of_panels(), *of_rules()])
    page = generate_latest(Metrics().registry).decode()
    ours = {
        each.name for each in text_string_to_metric_families(page) if re.match(r"tocsin_(?!.*_created$)", each.name)
    }
    assert [name for name in sorted(ours) if name not in asked] == []


def test_panels_are_explained_and_tell_their_source() -> None:
    for file, panel in panels():
        assert panel["description"], f"{file}: {panel['title']}"
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        assert panel["targets"], f"{file}: {panel['title']} asks for nothing"


def test_alertmanager_takes_its_configuration() -> None:
    file = DEPLOY / "alertmanager" / "alertmanager.yml"
    assert "SUCCESS" in judge("amtool", "check-config", file)


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (("alertname=TocsinIncident", "severity=extreme", "incident_id=x"), "incidents"),
        (("alertname=TocsinIncident", "severity=minor", "incident_id=x"), "incidents"),
        (("alertname=TocsinWatchdog", "severity=none"), "dead-mans-switch"),
        (("alertname=TocsinStalled", "severity=critical"), "on-call"),
        (("alertname=TocsinRetrying", "severity=warning"), "operators"),
    ],
)
def test_alertmanager_leads_alerts_to_their_people(labels: tuple[str, ...], receiver: str) -> None:
    file = DEPLOY / "alertmanager" / "alertmanager.yml"
    assert receiver in judge("amtool", "config", "routes", "test", f"--config.file={file}", *labels)
