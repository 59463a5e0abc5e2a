"""Process: one worker as a process: logging, signals, a bounded stop, and an exit code that tells how it went."""

import asyncio
import logging
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Final, NoReturn

from streams.settings import Settings
from streams.workers.connection import ConnectionSettingsError

log = logging.getLogger(__name__)

EXIT_OK: Final = 0
EXIT_SETTINGS: Final = 2
EXIT_BROKEN: Final = 70
"""``EX_SOFTWARE`` of sysexits.h: something unexpected; a supervisor should start the worker again."""

_CHATTY: Final = ("aiokafka", "faust", "mode", "asyncio", "aiohttp")

Work = Callable[[asyncio.Event], Awaitable[None]]
"""The work of a worker: returns when the event is set and all is flushed, committed and left."""


def run_worker(settings: Settings, work: Work) -> int:
    """Run ``work`` until SIGTERM or SIGINT; returns the exit code.

    A stop that takes longer than ``drain_timeout_s`` ends the process with 70, and so does a second signal: what was
    not committed is read again by whoever takes over.
    """
    configure_logging(settings)
    try:
        asyncio.run(_supervise(settings, work))
    except ConnectionSettingsError as error:
        log.critical("%s", error)
        return EXIT_SETTINGS
    except OSError as error:
        log.critical("%s: %s", type(error).__name__, error)
        return EXIT_BROKEN
    except Exception:
        log.critical("unexpected: this worker ends, so that it is started again", exc_info=True)
        leave(EXIT_BROKEN)
    return EXIT_OK


def configure_logging(settings: Settings) -> None:
    """Log to standard error, unless the program that we are part of has set up logging already."""
    if not logging.getLogger().handlers:
        logging.basicConfig(
            level=settings.log_level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
        )
    if settings.log_level != "DEBUG":
        for name in _CHATTY:
            logging.getLogger(name).setLevel(logging.WARNING)


def leave(code: int) -> NoReturn:
    """End the process at once, whatever other threads do; only the log is flushed."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


async def unless(stop: asyncio.Event, waiting: Coroutine[None, None, None]) -> bool:
    """Wait for ``waiting``, or give it up when ``stop`` is set. True when it was done."""
    work, stopped = asyncio.ensure_future(waiting), asyncio.ensure_future(stop.wait())
    await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if work.done():
        work.result()
        return True
    work.cancel()
    return False


async def _supervise(settings: Settings, work: Work) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    deadline = threading.Timer(settings.drain_timeout_s, _overdue, [settings.drain_timeout_s])
    deadline.daemon = True

    def on_signal(name: str) -> None:
        if stop.is_set():
            log.warning("%s again: leaving without waiting", name)
            leave(EXIT_BROKEN)
        log.info("%s: finishing what is under way, at most %.0f s", name, settings.drain_timeout_s)
        deadline.start()
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal, number.name)
    try:
        await work(stop)
    finally:
        deadline.cancel()


def _overdue(seconds: float) -> None:
    """Called in a thread of its own, so that it works even where the event loop hangs."""
    log.critical("not done %.0f s after the signal: leaving; what is not committed will be read again", seconds)
    leave(EXIT_BROKEN)
