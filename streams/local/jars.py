"""Jar: Apache Kafka's own, fetched once with Maven into a cache folder, and the Java that runs them."""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from streams.local.errors import LocalError, ToolMissingError
from streams.settings import load_settings

KAFKA_VERSION: Final = "4.3.1"
JAVA_MINIMUM: Final = 17
"""What the brokers of Apache Kafka 4 need, by its compatibility notes."""

FETCH_TIMEOUT_S: Final = 900.0

_SCALA: Final = "2.13"
_LOG4J: Final = "2.25.4"
"""As Kafka's own dependencies name it: the binding must be of the same version as log4j-core."""

_PLUGIN: Final = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_POM: Final = f"""\
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>tocsin</groupId><artifactId>local-kafka</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_{_SCALA}</artifactId><version>{KAFKA_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>{_LOG4J}</version>
    </dependency>
  </dependencies>
</project>
"""
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")


def kafka_jars(data_dir: Path | None = None) -> Path:
    """The folder with Kafka's jars; they are fetched when it is not there yet, by one process at a time.

    Args:
        data_dir: where the cache lives; None: the default of the setting ``data_dir``.

    Raises:
        ToolMissingError: the jars are not there and Maven is missing.
        LocalError: Maven failed, or the folder cannot be written.
    """
    cache = (data_dir if data_dir is not None else load_settings({}).data_dir).absolute() / "jars"
    folder = cache / f"kafka_{_SCALA}-{KAFKA_VERSION}"
    if folder.is_dir():
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _locked(cache / ".lock"):
            if not folder.is_dir():
                _fetch(cache, folder)
    except OSError as error:
        raise LocalError(
            f"Kafka's jars cannot be kept in {cache}: {error.strerror}: "
            "set TOCSIN_DATA_DIR to a folder that can be written"
        ) from error
    return folder


def java() -> str:
    """The path of a Java that can run the brokers: that of JAVA_HOME, else of the PATH.

    Raises:
        ToolMissingError: there is none, or it is too old.
    """
    home = os.environ.get("JAVA_HOME")
    found = shutil.which(str(Path(home, "bin", "java"))) if home else shutil.which("java")
    if found is None:
        where = f"in JAVA_HOME ({home})" if home else "on the PATH"
        raise ToolMissingError(
            f"Apache Kafka needs Java {JAVA_MINIMUM} or newer, and there is no `java` {where}: "
            f"install a Java runtime (Debian: openjdk-{JAVA_MINIMUM}-jre-headless), or use the embedded broker"
        )
    told = _run([found, "-version"], timeout=60.0)
    version = re.search(r'version "(?:1\.)?(\d+)', told.stdout)
    if version is None or int(version[1]) < JAVA_MINIMUM:
        first_line = told.stdout.strip().partition("\n")[0]
        raise ToolMissingError(
            f"Apache Kafka needs Java {JAVA_MINIMUM} or newer, and {found} says {first_line!r}: "
            "install a newer one, or point JAVA_HOME at it"
        )
    return found


def _fetch(cache: Path, folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise ToolMissingError(
            f"Apache Kafka {KAFKA_VERSION} is fetched with Maven, and there is no `mvn` on the PATH: "
            "install Maven (Debian: maven), or use the embedded broker"
        )
    with tempfile.TemporaryDirectory(dir=cache, prefix=".fetch-") as scratch:
        pom, jars = Path(scratch, "pom.xml"), Path(scratch, "jars")
        pom.write_text(_POM, encoding="utf-8")
        command = [maven, "-q", "-B", "-f", str(pom), _PLUGIN, "-DincludeScope=runtime", f"-DoutputDirectory={jars}"]
        done = _run(command, timeout=FETCH_TIMEOUT_S)
        if done.returncode != 0 or not (jars / f"kafka_{_SCALA}-{KAFKA_VERSION}.jar").is_file():
            said = [line for line in _COLOUR.sub("", done.stdout).splitlines() if line.strip()]
            raise LocalError(
                f"Maven could not fetch Apache Kafka {KAFKA_VERSION} (exit code {done.returncode}). "
                "Check that it reaches its repository (proxy and mirrors: Maven's settings.xml), then try again. "
                "It said:\n" + "\n".join(said[:6])
            )
        # A rename is atomic: the folder is either whole or not there.
        jars.rename(folder)


def _run(command: list[str], timeout: float) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - a program found on the PATH, with arguments of ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise LocalError(f"{command[0]} did not end within {timeout:.0f} s: check the network and try again") from error
    except OSError as error:
        raise ToolMissingError(f"{command[0]} cannot be run: {error.strerror}: reinstall it") from error


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an advisory lock on ``path``; the system frees it when the process ends in any way."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
