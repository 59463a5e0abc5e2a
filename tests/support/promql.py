"""Every PromQL expression of the dashboards and rules."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml
from tools import DEPLOY

RULES = DEPLOY / "prometheus" / "tocsin.rules.yml"


class Asked(NamedTuple):
    """An expression, and where it stands. ``interval`` is what Grafana's ``$__rate_interval`` is taken for."""

    where: str
    expr: str

    def over(self, interval: str) -> str:
        return self.expr.replace("$__rate_interval", interval)


def panels() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every panel of every dashboard, with the name of its file."""
    for file in sorted((DEPLOY / "grafana" / "dashboards").glob("*.json")):
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]:
            if panel["type"] != "row":
                yield file.name, panel


def of_panels() -> list[Asked]:
    return [
        Asked(f"{file}: {panel['title']} {target['refId']}", target["expr"])
        for file, panel in panels()
        for target in panel["targets"]
    ]


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def of_rules() -> list[Asked]:
    return [Asked(rule.get("record") or rule["alert"], rule["expr"]) for rule in rules()]
