"""Up: everything in one go: broker, topics, workers, articles to play, and each alert as it comes."""

import asyncio
import contextlib
import logging
import shutil
import signal
import tempfile
import time
from collections.abc import Coroutine, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import aiohttp

from streams.console.server import Console
from streams.local.broker import Broker, new_broker
from streams.local.counters import Counters, Settling, scrape
from streams.local.errors import LocalError, PortTakenError
from streams.local.revisions import revisions
from streams.local.screen import Notes, Render, Screen, new_screen
from streams.local.workforce import KINDS, Workforce
from streams.model import Phase
from streams.settings import Settings
from streams.workers.admin import apply_topics
from streams.workers.connection import await_brokers
from streams.workers.ledger import Ledger
from streams.workers.produce import produce
from streams.workers.tail import Start

TICK_S: Final = 1.0
QUIET_S: Final = 6.0
"""How long nothing may move before a played run counts as over: several times the interval of the workers' report
on their lag (2 s), so that the lag is known to be newer than the last article."""

EMBEDDED: Final[dict[str, object]] = {"kafka_session_timeout_s": 10.0, "partitions": 1}
"""What suits the embedded broker, where nothing else was asked for. It lets the first member of a group wait for half
of the session timeout (measured: 15.1 s of 30, 5.1 s of 10, 3.1 s of 6): short enough to begin soon, long enough for a
machine that is busy. And as it serves one member per group, more partitions would only shuffle the articles."""

SLOW_START_S: Final = 45.0


def up(
    settings: Settings,
    render: Render,
    *,
    play: Iterable[bytes] | None = None,
    rate: float | None = None,
    exit_after_play: bool = False,
) -> None:
    """Run everything until SIGINT or SIGTERM; a second signal does not wait for the workers to drain.

    Args:
        settings: an embedded broker is started where ``kafka_bootstrap_servers`` is not set.
        render: makes one line of an alert, with the words from articles made inert.
        play: article lines to send once the workers are ready.
        rate: lines per second; None: as fast as they go.
        exit_after_play: return when these two workers have accounted for as many articles as were played and nothing
            moves any more; for a cluster whose groups have no other members.

    Raises:
        LocalError: the broker or a worker could not start or ended by itself; with the end of its log.
        ConnectionSettingsError: the settings do not lead to a broker.
        AdminError: the brokers refuse a topic.
        KafkaError: the brokers refuse something else for good.
        BrokenPipeError: nobody reads standard output any more.
    """
    folder = Path(tempfile.mkdtemp(prefix="tocsin-up-"))
    keep = False
    try:
        with new_screen(render) as screen, _noted(screen):
            asyncio.run(_Run(settings, screen, folder).run(play, rate, exit_after_play=exit_after_play))
    except LocalError:
        # The message names a log in it, where there is one.
        keep = any(folder.iterdir())
        raise
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


class _Run:
    """One run, from the broker's start to its stop."""

    def __init__(self, settings: Settings, screen: Screen, folder: Path) -> None:
        self._settings = settings
        self._screen = screen
        self._folder = folder
        self._stop = asyncio.Event()
        self._broker: Broker | None = None
        self._workforce: Workforce | None = None
        self._console: Console | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._counters = Counters()
        self._played: int | None = None
        self._shown = 0
        self._active: set[str] = set()

    async def run(self, play: Iterable[bytes] | None, rate: float | None, *, exit_after_play: bool) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._on_signal)
        try:
            if await self._begin():
                await self._look_after(play, rate, exit_after_play=exit_after_play)
        finally:
            await self._end()

    def _on_signal(self) -> None:
        if self._stop.is_set() and self._workforce is not None:
            self._screen.note("again: stopping without waiting")
            asyncio.get_running_loop().run_in_executor(None, self._workforce.kill)
        self._stop.set()

    async def _begin(self) -> bool:
        """Start the broker and the workers; False when a signal came first."""
        start: Start = datetime.now(UTC)
        if self._settings.kafka_bootstrap_servers is None:
            self._broker = new_broker("tansu", folder=self._folder)
            await asyncio.to_thread(self._broker.start)
            chosen = {name: value for name, value in EMBEDDED.items() if name not in self._settings.model_fields_set}
            changes = {"kafka_bootstrap_servers": self._broker.bootstrap} | chosen
            self._settings = self._settings.model_copy(update=changes)
            start = "beginning"
        kind = "Kafka" if self._broker is None else "embedded, in memory, gone at the end"
        self._screen.note(f"broker       {self._settings.kafka_bootstrap_servers} ({kind})")
        if not await self._unless_stopped(self._apply()):
            return False
        self._workforce = Workforce(self._settings, self._folder)
        self._workforce.start()
        for worker, address in self._workforce.addresses.items():
            self._screen.note(f"{worker:12} http://{address}/metrics /healthz /readyz")
        self._console = await self._open_console()
        self._screen.note(f"console      {self._console.url}")
        self._screen.note("starting     the workers load their lexicons and join their groups")
        self._tasks.append(asyncio.create_task(self._show_alerts(start)))
        return True

    async def _open_console(self) -> Console:
        """A console on its own port, or on any free one where that is taken and was not asked for."""
        console = Console(self._settings, Ledger(self._settings))
        try:
            await console.open()
        except OSError as error:
            if "console_port" in self._settings.model_fields_set:
                port = self._settings.console_port
                raise PortTakenError(f"port {port} for the console is taken: set TOCSIN_CONSOLE_PORT=0") from error
            anywhere = self._settings.model_copy(update={"console_port": 0})
            console = Console(anywhere, Ledger(anywhere))
            await console.open()
        return console

    async def _apply(self) -> None:
        await await_brokers(self._settings)
        changed = await apply_topics(self._settings)
        self._screen.note(f"topics       {len({each.topic for each in changed})} made or mended")

    async def _look_after(self, play: Iterable[bytes] | None, rate: float | None, *, exit_after_play: bool) -> None:
        settling, started, ready, told = Settling(QUIET_S), time.monotonic(), False, False
        async with aiohttp.ClientSession() as session:
            while not self._stop.is_set():
                await self._tick(session)
                now = time.monotonic()
                if not ready and self._counters.ready >= len(KINDS):
                    ready = True
                    self._screen.note(f"ready        after {now - started:.1f} s; Ctrl-C stops everything")
                    if play is not None:
                        self._tasks.append(asyncio.create_task(self._play(play, rate)))
                elif not ready and not told and now - started > SLOW_START_S:
                    told = True
                    self._screen.note(f"the workers are not ready after {SLOW_START_S:.0f} s: see {self._folder}")
                played = self._played
                over = played is not None and settling.settled(self._counters, played, self._shown, now)
                if over and exit_after_play:
                    return

    async def _tick(self, session: aiohttp.ClientSession) -> None:
        """Wait a moment or for a signal, then look at everything once; raises what has gone wrong."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), TICK_S)
        if self._workforce is None:
            return
        for complaint in self._workforce.complaints():
            self._screen.note(complaint)
        if self._stop.is_set():
            return
        if self._broker is not None:
            self._broker.check()
        self._workforce.check()
        for task in self._tasks:
            if task.done():
                task.result()
        self._counters = await scrape(session, self._workforce.addresses.values()) or self._counters
        self._screen.count(self._counters, len(self._active))

    async def _show_alerts(self, start: Start) -> None:
        async for event in revisions(self._settings, start):
            self._shown += 1
            if event.status is Phase.ACTIVE:
                self._active.add(event.incident_id)
            else:
                self._active.discard(event.incident_id)
            self._screen.alert(event)

    async def _play(self, lines: Iterable[bytes], rate: float | None) -> None:
        produced = await produce(self._settings, lines, rate=rate)
        refused = f", {produced.refused} refused for their size" if produced.refused else ""
        self._screen.note(f"played       {produced.lines} articles{refused}")
        self._played = produced.lines

    async def _unless_stopped(self, work: Coroutine[Any, Any, None]) -> bool:
        """Do ``work``, but give it up when a signal comes; True when it was done."""
        task, stop = asyncio.create_task(work), asyncio.create_task(self._stop.wait())
        await asyncio.wait([task, stop], return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not task.done():
            await _cancel([task])
            return False
        task.result()
        return True

    async def _end(self) -> None:
        """Stop in order: the workers while the broker still serves them, then the broker."""
        if self._workforce is not None:
            self._screen.note("stopping     the workers finish what is under way")
            await asyncio.to_thread(self._workforce.stop)
        await _cancel(self._tasks)
        if self._console is not None:
            await self._console.close()
        if self._broker is not None:
            await asyncio.to_thread(self._broker.stop)
        if self._workforce is not None:
            self._screen.note(f"stopped      {self._counters.sentence()}, {len(self._active)} incidents active")


async def _cancel(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)


@contextlib.contextmanager
def _noted(screen: Screen) -> Iterator[None]:
    """Send what is logged here to ``screen`` for the length of a run. The client library's own chatter stays out."""
    root, client, handler = logging.getLogger(), logging.getLogger("aiokafka"), Notes(screen)
    level = client.level
    root.addHandler(handler)
    client.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        root.removeHandler(handler)
        client.setLevel(level)
