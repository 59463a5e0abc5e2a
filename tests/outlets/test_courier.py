"""The courier with real HTTP receivers that fail, hang, refuse, ask to wait and drop the line."""

import base64
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from standardwebhooks import Webhook

from streams.model import AlertEvent
from streams.outlets.courier import Courier, Receipt
from streams.outlets.message import Envelope, Message, alert
from streams.outlets.outlet import Outlet, OutletError, open_outlet, outlet_faults
from streams.outlets.post import retry_after_s
from streams.outlets.receivers import (
    AlertmanagerReceiver,
    AppriseReceiver,
    CapReceiver,
    PagerdutyReceiver,
    Receiver,
    WebhookReceiver,
)

Make = Callable[..., AlertEvent]
Wrap = Callable[..., Envelope]

SECRET = "whsec_" + base64.b64encode(b"thirty-two bytes, all of them new").decode()
ENVIRONMENT = {"HOOK": SECRET, "KEY": "routing-key-of-thirty-two-letters"}


# Apprise imports all its plugins when it meets the first address, and one of them asks for a module that is going away.
APPRISE_LOADS_ALL = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")


class Clock:
    """A clock that goes on only when someone sleeps."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


def hook(url: str, **fields: Any) -> WebhookReceiver:
    return WebhookReceiver.model_validate(
        {"name": "hook", "type": "webhook", "url": url, "secret": {"env": "HOOK"}, "timeout_s": 2} | fields
    )


@pytest.fixture
def message(event: Make, envelope: Wrap) -> Message:
    return alert(envelope(event()))


async def deliver(receiver: Receiver, message: Message, clock: Clock) -> tuple[Receipt, list[str]]:
    retried: list[str] = []
    async with aiohttp.ClientSession() as session:
        outlet = open_outlet(receiver, session, clock, ENVIRONMENT)
        courier = Courier(receiver, outlet, clock, clock.sleep, lambda _, reason: retried.append(reason))
        return await courier.deliver(message), retried


@pytest.mark.parametrize(
    ("answers", "retried", "failure"),
    [
        ([204], [], None),
        ([500, 503, 200], ["http_500", "http_503"], None),
        ([429, 408, 202], ["http_429", "http_408"], None),
        (["drop", 200], ["unreachable"], None),
        (["hang", 200], ["timeout"], None),
        ([400], [], "http_400"),
        ([401], [], "http_401"),
        ([404], [], "http_404"),
        ([302], [], "http_302"),
        ([500, 410], ["http_500"], "http_410"),
    ],
)
async def test_what_answers_lead_to(
    message: Message, catcher: Any, answers: list[Any], retried: list[str], failure: str | None
) -> None:
    catcher.answers += answers
    receipt, seen = await deliver(hook(catcher.url), message, Clock())
    assert seen == retried
    assert receipt.failure == failure
    assert receipt.delivered is (failure is None)
    assert len(catcher.requests) == receipt.attempts == len(answers)


async def test_pauses_grow_are_the_same_again_and_end(event: Make, envelope: Wrap, catcher: Any) -> None:
    async def pauses(name: str) -> list[float]:
        clock = Clock()
        catcher.answers[:] = [500] * 50
        receiver = hook(catcher.url, first_pause_s=1, longest_pause_s=8, give_up_after_s=60)
        receipt, _ = await deliver(receiver, alert(envelope(event(name))), clock)
        assert receipt.failure == "http_500"
        assert receipt.attempts == len(clock.slept) + 1
        return clock.slept

    first = await pauses("no-1")
    assert all(0.5 * whole <= pause <= whole for pause, whole in zip(first, [1, 2, 4, 8, 8, 8, 8], strict=False))
    assert sum(first) <= 60
    assert await pauses("no-1") == first
    assert await pauses("no-2") != first


async def test_retry_after_is_heeded(event: Make, envelope: Wrap, catcher: Any) -> None:
    clock = Clock()
    catcher.answers += [(429, {"Retry-After": "120"}), (503, {"Retry-After": "soon"})]
    await deliver(hook(catcher.url), alert(envelope(event())), clock)
    assert clock.slept[0] == 120
    assert clock.slept[1] <= 2


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("7", 7),
        ("99999999999", 3600),
        ("-5", None),
        ("Tue, 06 May 2031 12:01:30 GMT", 90),
        ("Tue, 06 May 2031 11:00:00 GMT", 0),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_retry_after(noon: datetime, value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, noon) == seconds


async def test_each_attempt_is_signed_anew_and_has_the_same_id(event: Make, envelope: Wrap, catcher: Any) -> None:
    catcher.answers += [500]
    await deliver(hook(catcher.url, first_pause_s=5), alert(envelope(event())), Clock())
    (first, body), (second, again) = catcher.requests
    assert body == again
    assert first["webhook-id"] == second["webhook-id"] == "no-1:1"
    assert first["webhook-timestamp"] != second["webhook-timestamp"]
    assert Webhook(SECRET).verify(body, second)["id"] == "no-1:1"
    assert first["user-agent"].startswith("Tocsin/")


async def test_pagerduty_and_alertmanager_on_the_wire(event: Make, envelope: Wrap, catcher: Any) -> None:
    pager = PagerdutyReceiver.model_validate(
        {"name": "pd", "type": "pagerduty", "routing_key": {"env": "KEY"}, "url": catcher.url}
    )
    await deliver(pager, alert(envelope(event())), Clock())
    manager = AlertmanagerReceiver.model_validate(
        {"name": "am", "type": "alertmanager", "url": catcher.url, "bearer_token": {"env": "KEY"}}
    )
    await deliver(manager, alert(envelope(event())), Clock())
    (_, paged), (headers, managed) = catcher.requests
    assert json.loads(paged)["routing_key"] == ENVIRONMENT["KEY"]
    assert json.loads(managed)[0]["labels"]["incident_id"] == "no-1"
    assert headers["authorization"] == f"Bearer {ENVIRONMENT['KEY']}"


async def test_nothing_of_a_secret_is_ever_logged(
    event: Make, envelope: Wrap, catcher: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="streams")
    address = "http://127.0.0.1:9/token-in-the-path"
    receiver = hook("http://x.example", give_up_after_s=0).model_copy(update={"url": address})
    receipt, _ = await deliver(receiver, alert(envelope(event())), Clock())
    catcher.answers += [500, 403]
    await deliver(hook(catcher.url), alert(envelope(event())), Clock())
    assert receipt.failure == "unreachable"
    said = caplog.text + receipt.detail
    assert "hook" in said
    for secret in ("token-in-the-path", "127.0.0.1", SECRET):
        assert secret not in said


async def test_a_defect_in_one_payload_stops_nothing(event: Make, envelope: Wrap) -> None:
    class Broken:
        async def send(self, message: Message) -> None:
            raise KeyError(f"something with a secret about {message.id}")

    def courier(outlet: Outlet) -> Awaitable[Receipt]:
        clock = Clock()
        return Courier(hook("http://x.example"), outlet, clock, clock.sleep, print).deliver(alert(envelope(event())))

    receipt = await courier(Broken())
    assert (receipt.failure, receipt.detail) == ("defect", "KeyError")


async def test_a_folder_that_cannot_be_written_is_tried_again(event: Make, envelope: Wrap, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    receiver = CapReceiver(
        name="cap", type="cap", folder=blocked, sender="a@b.example", restriction="Tests", give_up_after_s=2
    )
    receipt, retried = await deliver(receiver, alert(envelope(event())), Clock())
    assert receipt.failure == "not_written"
    assert retried


@APPRISE_LOADS_ALL
async def test_chats_by_apprise(
    event: Make, envelope: Wrap, catcher: Any, hostile: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENVIRONMENT, "CHAT", catcher.url.replace("http://", "json://"))
    receiver = AppriseReceiver.model_validate({"name": "chat", "type": "apprise", "urls": [{"env": "CHAT"}]})
    catcher.answers += [500]
    message = alert(envelope(event(headline=hostile)))
    receipt, retried = await deliver(receiver, message, Clock())
    assert receipt.delivered
    assert retried == ["apprise"]
    told = json.loads(catcher.requests[-1][1])
    assert told["title"] == "SEVERE: active shooter · Vardhavn, Nordmark, Norway (new)"
    assert "not an official warning" in told["message"]
    assert not set(told["message"]) & set("<>@*`[]\x1b\u202e")
    assert "no-1:1" in told["message"]


@APPRISE_LOADS_ALL
async def test_what_cannot_be_opened_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEAK", "whsec_d2Vhaw==")
    monkeypatch.setenv("ODD", "nochat://secret-token")
    weak = hook("http://x.example", secret={"env": "WEAK"})
    odd = AppriseReceiver.model_validate({"name": "chat", "type": "apprise", "urls": [{"env": "ODD"}]})
    gone = PagerdutyReceiver.model_validate({"name": "pd", "type": "pagerduty", "routing_key": {"env": "GONE"}})
    faults = await outlet_faults([weak, odd, gone], Clock())
    assert [fault.split(":")[0] for fault in faults] == [
        "[[receivers]] (hook)",
        "[[receivers]] (chat)",
        "[[receivers]] (pd)",
    ]
    assert not any("d2Vhaw" in fault or "secret-token" in fault for fault in faults)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(OutletError):
            open_outlet(gone, session, Clock())
