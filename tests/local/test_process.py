import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from streams.local.errors import LocalError, PortTakenError
from streams.local.ports import claim, free_ports, is_free
from streams.local.process import Child, Keeper, tail

PATIENT = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {PATIENT}"


def child(tmp_path: Path, code: str) -> Child:
    return Child("it", [sys.executable, "-c", code], tmp_path / "log", Keeper())


def until(path: Path, word: str) -> None:
    deadline = time.monotonic() + 20
    while word not in tail(path, 5) and time.monotonic() < deadline:
        time.sleep(0.02)


def test_its_output_and_its_exit_code_are_kept(tmp_path: Path) -> None:
    it = child(tmp_path, "import sys; print('said'); sys.exit('sadly')")
    it.start()
    assert it.wait(20) == 1
    assert it.exit_code == 1
    assert it.pid is None
    assert sorted(it.tail().splitlines()) == ["sadly", "said"]


def test_who_does_not_stop_is_killed(tmp_path: Path) -> None:
    it = child(tmp_path, STUBBORN)
    it.start()
    until(it.log, "up")
    assert it.stop(0.2) is False
    assert it.exit_code == -signal.SIGKILL


def test_a_paused_child_can_be_stopped(tmp_path: Path) -> None:
    it = child(tmp_path, PATIENT)
    it.start()
    until(it.log, "up")
    it.pause()
    assert it.stop(20) is True
    assert it.exit_code == -signal.SIGTERM


def test_one_that_runs_is_not_started_twice_and_can_be_started_again(tmp_path: Path) -> None:
    it = child(tmp_path, STUBBORN)
    it.start()
    with pytest.raises(LocalError, match="it runs already"):
        it.start()
    it.kill()
    it.start()
    assert it.alive
    it.kill()
    assert not it.alive


def test_one_that_ended_by_itself_and_was_started_again_leaves_no_watcher(tmp_path: Path) -> None:
    keeper = Keeper()
    it = Child("it", [sys.executable, "-c", ""], tmp_path / "log", keeper)
    it.start()
    while it.alive:
        time.sleep(0.01)
    it.start()
    it.kill()
    assert keeper._shell is None


def test_a_program_that_is_missing_is_told(tmp_path: Path) -> None:
    keeper = Keeper()
    with pytest.raises(LocalError, match=r"it: cannot run /no/such/program: No such file"):
        Child("it", ["/no/such/program"], tmp_path / "log", keeper).start()


def test_before_its_start_it_is_just_not_there(tmp_path: Path) -> None:
    it = child(tmp_path, STUBBORN)
    assert (it.alive, it.pid, it.exit_code, it.tail(), it.stop(1), it.wait(1)) == (False, None, None, "", True, None)


PARENT = """
import os, sys, threading, time
from pathlib import Path
from streams.local.process import Child, Keeper
it = Child("it", ["sleep", "600"], Path(sys.argv[1]), Keeper())
starter = threading.Thread(target=it.start)
starter.start(); starter.join()
time.sleep(0.3)
print(it.pid, it.alive, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_outlives_the_thread_but_not_the_process_that_started_it(tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, alive = parent.stdout.readline().split()
        assert alive == "True"
        parent.send_signal(number)
    deadline = time.monotonic() + 20
    while running(int(pid)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not running(int(pid))


def running(pid: int) -> bool:
    """False for one that ended and is only waiting to be reaped by whoever inherited it."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_tail_of_a_long_log_is_its_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"line {number}\n" for number in range(100_000)))
    assert tail(log, 2) == "line 99998\nline 99999"
    assert tail(tmp_path / "none", 2) == ""


def test_free_ports_are_different_and_below_those_of_outgoing_connections() -> None:
    ports = free_ports(5)
    assert len(set(ports)) == 5
    assert all(1024 < port < 32_768 and is_free(port) for port in ports)


def test_ports_that_do_not_exist_are_refused() -> None:
    with pytest.raises(PortTakenError, match="65536"):
        claim(65_535, 3)
