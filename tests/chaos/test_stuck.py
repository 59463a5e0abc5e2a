"""A stuck worker ends itself with exit code 70, so that it is started again; one that waits for brokers does not."""

import subprocess
import sys

import pytest

from streams.workers.process import EXIT_BROKEN

_WORKER = """
import asyncio, time
from streams.metrics import Metrics
from streams.workers import report
from streams.workers.health import Progress

report.INTERVAL_S, report.ANSWER_S = 0.05, 0.1

async def positions():
    return {("articles", 0): 3}, {("articles", 0): 9}

async def main():
    progress = Progress("triage", 0.2, time.monotonic())
    async with report.Report("triage", Metrics(), progress, positions):
        await stand()

%s

asyncio.run(main())
"""

_NO_COMMIT = """
async def stand():
    await asyncio.sleep(120)
"""
_NO_LOOP = """
async def stand():
    await asyncio.sleep(0.1)
    time.sleep(120)
"""
_NO_BROKER = """
async def positions():
    raise ConnectionError("no broker answers")

async def stand():
    await asyncio.sleep(2)
"""


@pytest.mark.parametrize(
    ("how", "code", "says"),
    [
        (_NO_COMMIT, EXIT_BROKEN, "no commit for"),
        (_NO_LOOP, EXIT_BROKEN, "nothing moved for"),
        (_NO_BROKER, 0, "the brokers do not say"),
    ],
    ids=["commits stand still", "the event loop hangs", "the brokers do not answer"],
)
def test_a_stuck_worker_ends_itself(how: str, code: int, says: str) -> None:
    done = subprocess.run([sys.executable, "-c", _WORKER % how], capture_output=True, timeout=60, check=False)
    assert (done.returncode, says in done.stderr.decode()) == (code, True), done.stderr.decode()
