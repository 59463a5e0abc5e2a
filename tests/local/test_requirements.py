import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run_without_java(tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run one test that is marked as needing Kafka (though this one does not) on a machine without programs."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/local/test_apache.py"]
    environment = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"} | {"PATH": str(tmp_path)}
    return subprocess.run(
        [*command, "-k", "two_nodes", *options], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_a_machine_without_java_skips_and_says_so_loudly(tmp_path: Path) -> None:
    done = run_without_java(tmp_path)
    assert done.returncode == 0
    assert "1 skipped" in done.stdout
    assert "!!! THE TESTS MARKED 'KAFKA' DID NOT RUN: Apache Kafka needs Java" in done.stdout


def test_where_kafka_is_required_a_missing_java_is_a_failure(tmp_path: Path) -> None:
    done = run_without_java(tmp_path, "--require-kafka")
    assert done.returncode == 1
    assert "there is no `java` on the PATH" in done.stdout
