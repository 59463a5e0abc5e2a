import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from streams.local.errors import LocalError, ToolMissingError
from streams.local.jars import KAFKA_VERSION, java, kafka_jars

GOOD_MAVEN = f"""#!/bin/sh
echo called >> "$CALLS"
for argument; do case $argument in -DoutputDirectory=*) folder=${{argument#*=}};; esac; done
mkdir "$folder" && sleep 0.2 && : > "$folder/kafka_2.13-{KAFKA_VERSION}.jar"
"""
BAD_MAVEN = """#!/bin/sh
printf '\\033[31m[ERROR] the repository did not answer\\033[0m\\n'
exit 1
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that goes before the system's own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    return folder


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)


def test_the_jars_are_fetched_once_even_when_two_ask_at_once(tools: Path, tmp_path: Path) -> None:
    program(tools, "mvn", GOOD_MAVEN)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(kafka_jars, [tmp_path / "data"] * 2)
    assert first == second
    assert first.is_dir()
    assert (tmp_path / "calls").read_text() == "called\n"
    assert sorted(path.name for path in first.parent.iterdir()) == [".lock", first.name]


def test_a_maven_that_fails_is_quoted_and_leaves_nothing(tools: Path, tmp_path: Path) -> None:
    program(tools, "mvn", BAD_MAVEN)
    with pytest.raises(LocalError, match=r"(?s)exit code 1.*settings\.xml.*\n\[ERROR\] the repository did not answer$"):
        kafka_jars(tmp_path / "data")
    assert [path.name for path in (tmp_path / "data" / "jars").iterdir()] == [".lock"]


def test_a_missing_maven_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissingError, match=r"no `mvn` on the PATH: install Maven"):
        kafka_jars(tmp_path / "data")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(LocalError, match="TOCSIN_DATA_DIR"):
        kafka_jars(tmp_path / "data")


def test_a_missing_java_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(ToolMissingError, match="no `java` on the PATH: install a Java runtime"):
        java()
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(ToolMissingError, match="no `java` in JAVA_HOME"):
        java()


@pytest.mark.parametrize("said", ['openjdk version "11.0.2" 2019-01-15', 'java version "1.8.0_292"', "nonsense"])
def test_an_old_java_is_told(tools: Path, said: str) -> None:
    program(tools, "java", f"#!/bin/sh\necho '{said}' >&2\n")
    with pytest.raises(ToolMissingError, match=r"needs Java 17 or newer, and .* says"):
        java()


@pytest.mark.parametrize("said", ['openjdk version "17.0.15" 2025-04-15', 'openjdk version "25-ea" 2025-09-16'])
def test_a_new_java_is_taken(tools: Path, said: str) -> None:
    program(tools, "java", f"#!/bin/sh\necho '{said}' >&2\n")
    assert java() == str(tools / "java")
