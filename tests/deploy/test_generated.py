"""The generated files under deploy/ are what the scripts build."""

import importlib
import sys

import pytest
from tools import DEPLOY, ROOT


@pytest.fixture(autouse=True)
def _scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))


@pytest.mark.parametrize(
    ("script", "folder"), [("build_dashboards", DEPLOY / "grafana" / "dashboards"), ("build_deploy", DEPLOY)]
)
def test_files_are_up_to_date(script: str, folder: "type[DEPLOY]") -> None:
    for path, text in importlib.import_module(script).build().items():
        kept = folder / path
        assert kept.is_file(), f"{path} was never written: run `python scripts/{script}.py`"
        assert kept.read_text(encoding="utf-8") == text, f"{path} is old: run `python scripts/{script}.py`"


def test_no_other_dashboards_lie_about() -> None:
    built = importlib.import_module("build_dashboards").build().keys()
    assert {file.name for file in (DEPLOY / "grafana" / "dashboards").iterdir()} == set(built)
    assert "dashboard_panels" in sys.modules
