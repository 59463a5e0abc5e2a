"""Alertmanager: the alerts by themselves, and a real Alertmanager where one is installed."""

import asyncio
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from streams.model import AlertEvent, Change, Severity
from streams.outlets import alertmanager
from streams.outlets.message import Envelope, Message, alert, digest
from streams.outlets.outlet import open_outlet
from streams.outlets.receivers import AlertmanagerReceiver

Make = Callable[..., AlertEvent]
Wrap = Callable[..., Envelope]
DAY = timedelta(days=1)


def sent(message: Message, now: datetime) -> list[dict[str, Any]]:
    return alertmanager.alerts(message, now, {"team": "desk"}, DAY)


def test_a_new_incident_is_one_alert(event: Make, envelope: Wrap, noon: datetime) -> None:
    (found,) = sent(alert(envelope(event())), noon)
    assert found["labels"] == {
        "team": "desk",
        "alertname": "TocsinIncident",
        "incident_id": "no-1",
        "severity": "severe",
    }
    assert found["startsAt"] == "2031-05-06T12:00:00.000Z"
    assert found["endsAt"] == "2031-05-07T12:00:00.000Z"
    assert found["generatorURL"] == "https://news.example/a?b=1"
    assert found["annotations"]["country"] == "NO"


def test_a_change_of_severity_ends_the_other_severities(event: Make, envelope: Wrap, noon: datetime) -> None:
    worse = envelope(event(revision=2, change=Change.ESCALATED, severity=Severity.EXTREME))
    first, *others = sent(alert(worse), noon + timedelta(hours=1))
    assert first["labels"]["severity"] == "extreme"
    assert {each["labels"]["severity"] for each in others} == {"minor", "moderate", "severe"}
    assert {each["endsAt"] for each in others} == {"2031-05-06T12:02:00.000Z"}


@pytest.mark.parametrize("change", [Change.ALL_CLEAR, Change.CLOSED, Change.RETRACTED])
def test_an_end_ends_all(event: Make, envelope: Wrap, noon: datetime, change: Change) -> None:
    found = sent(alert(envelope(event(revision=3, change=change))), noon + timedelta(hours=1))
    assert len(found) == 4
    assert {each["endsAt"] for each in found} == {"2031-05-06T12:03:00.000Z"}


def test_of_a_digest_only_the_newest_of_each_incident(event: Make, envelope: Wrap, noon: datetime) -> None:
    several = digest((envelope(event()), envelope(event("no-2")), envelope(event(revision=2, change=Change.ALL_CLEAR))))
    found = sent(several, noon + timedelta(hours=1))
    fires = [each["labels"]["incident_id"] for each in found if each["endsAt"] > "2031-05-07"]
    assert fires == ["no-2"]


@pytest.fixture
async def real(tmp_path: Path) -> AsyncIterator[str]:
    """The address of a real Alertmanager (Debian's package ``prometheus-alertmanager``)."""
    program = shutil.which("prometheus-alertmanager")
    if program is None:
        pytest.skip("prometheus-alertmanager is not installed: the payload was not tried on a real one")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    config = tmp_path / "alertmanager.yml"
    config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
    command = [
        program,
        f"--config.file={config}",
        f"--storage.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]
    process = await asyncio.to_thread(subprocess.Popen, command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(30), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"{url}/-/ready") as answer:
                        if answer.status == 200:
                            break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.1)
        yield url
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait)


async def test_a_real_one_fires_and_resolves(event: Make, envelope: Wrap, real: str) -> None:
    receiver = AlertmanagerReceiver(name="am", type="alertmanager", url=real, labels={"team": "desk"})
    now = datetime.now(UTC)

    def at(minutes: int, **fields: Any) -> Envelope:
        moment = now - timedelta(minutes=minutes)
        return envelope(event(**fields, first_seen_at=now - timedelta(hours=1), last_seen_at=moment), at=moment)

    async with aiohttp.ClientSession() as session:
        outlet = open_outlet(receiver, session, lambda: datetime.now(UTC))

        async def firing() -> dict[str, str]:
            async with session.get(f"{real}/api/v2/alerts") as answer:
                return {
                    each["labels"]["incident_id"]: each["labels"]["severity"]
                    for each in await answer.json()
                    if each["status"]["state"] == "active"
                }

        await outlet.send(alert(at(30)))
        await outlet.send(alert(at(30, incident="no-2")))
        assert await firing() == {"no-1": "severe", "no-2": "severe"}
        await outlet.send(alert(at(20, revision=2, change=Change.ESCALATED, severity=Severity.EXTREME)))
        assert await firing() == {"no-1": "extreme", "no-2": "severe"}
        await outlet.send(alert(at(10, revision=3, change=Change.ALL_CLEAR, severity=Severity.EXTREME)))
        assert await firing() == {"no-2": "severe"}
        # What never fired can be ended too.
        await outlet.send(alert(at(5, incident="no-3", revision=9, change=Change.CLOSED)))
        assert await firing() == {"no-2": "severe"}
