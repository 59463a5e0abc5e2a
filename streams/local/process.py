"""Child: a process that writes to a log file and never outlives this one."""

import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from streams.local.errors import LocalError

_KEEPER: Final = 'while read -r line; do pids=$line; done; [ -z "$pids" ] || kill -9 $pids 2>/dev/null'
"""Holds the newest list of process ids, and kills them when its standard input ends: that is, when we are gone."""


class Keeper:
    """Kills the children that it was told of when this process ends in any way, SIGKILL included.

    A shell that waits on a pipe, rather than Linux's "parent death signal": that one is bound to the thread that
    started the child, so that a broker started from a worker thread would die with the thread, and macOS has none.
    """

    def __init__(self) -> None:
        self._shell: subprocess.Popen[bytes] | None = None
        self._pids: set[int] = set()
        self._lock = threading.Lock()

    def watch(self, pid: int) -> None:
        """From now on ``pid`` dies with us."""
        with self._lock:
            self._pids.add(pid)
            self._tell()

    def forget(self, pid: int) -> None:
        """``pid`` has ended and was waited for."""
        with self._lock:
            self._pids.discard(pid)
            self._tell()
        self.rest()

    def rest(self) -> None:
        """End the shell when there is nothing to watch."""
        with self._lock:
            if self._shell is not None and not self._pids:
                self._shell.kill()
                self._shell.communicate()
                self._shell = None

    def prepare(self) -> None:
        """Start the shell before the first child, so that no child is ever unwatched for longer than a moment."""
        with self._lock:
            if self._shell is None:
                # A session of its own: Ctrl-C in a terminal reaches us, and we stop the children in order.
                command = ["/bin/sh", "-c", _KEEPER]
                self._shell = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 - a constant

    def _tell(self) -> None:
        if self._shell is not None and self._shell.stdin is not None:
            self._shell.stdin.write((" ".join(map(str, sorted(self._pids))) + "\n").encode())
            self._shell.stdin.flush()


class Child:
    """One child process. Its output goes to ``log``, whose end is quoted when it fails."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        keeper: Keeper,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        self._command = list(command)
        self._keeper = keeper
        self._environment = None if environment is None else dict(environment)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process.

        Raises:
            LocalError: it is running already, or the program cannot be run.
        """
        if self.alive:
            raise LocalError(f"{self.name} runs already: stop it first")
        if self._process is not None:
            # It ended without anybody waiting for it; its number may be another program's by now.
            self._keeper.forget(self._process.pid)
        self._keeper.prepare()
        try:
            with self.log.open("ab") as output:
                self._process = subprocess.Popen(  # noqa: S603 - the command is built here, never from input
                    self._command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=self._environment,
                    start_new_session=True,
                )
        except OSError as error:
            self._keeper.rest()
            raise LocalError(f"{self.name}: cannot run {self._command[0]}: {error.strerror}") from error
        self._keeper.watch(self._process.pid)

    @property
    def alive(self) -> bool:
        """True while the process runs (or is paused)."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int | None:
        """Its process id; None before the start and after the end."""
        return self._process.pid if self._process is not None and self.alive else None

    @property
    def exit_code(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs and before the start."""
        return None if self._process is None else self._process.poll()

    def terminate(self) -> None:
        """Ask it to stop (SIGTERM) and return at once."""
        self._signal(signal.SIGTERM)

    def stop(self, grace_s: float) -> bool:
        """Ask it to stop, and kill it when it has not after ``grace_s`` seconds; True when it stopped by itself."""
        if self._process is None:
            return True
        self.terminate()
        # A paused process gets no signal but SIGKILL until it goes on.
        self._signal(signal.SIGCONT)
        if self.wait(grace_s) is None:
            self.kill()
            return False
        return True

    def wait(self, timeout_s: float) -> int | None:
        """Wait for its end by itself and give its exit code; None when it still runs after ``timeout_s`` seconds."""
        if self._process is None:
            return None
        try:
            code = self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None
        self._keeper.forget(self._process.pid)
        return code

    def kill(self) -> None:
        """SIGKILL, and wait for the end."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait()
            self._keeper.forget(self._process.pid)

    def pause(self) -> None:
        """SIGSTOP: it keeps its connections and answers nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT: it goes on where it was paused."""
        self._signal(signal.SIGCONT)

    def tail(self, lines: int = 15) -> str:
        """The last lines of its log."""
        return tail(self.log, lines)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self.alive:
            os.kill(self._process.pid, number)


def tail(log: Path, lines: int) -> str:
    """The last ``lines`` lines of a file, empty when there is none; reads at most its last 64 KiB."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - 65_536))
            text = stream.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])
