"""Process: one worker as a process: logging, signals, a bounded stop, and an exit code that tells how it went."""

import asyncio
import io
import logging
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Final, NoReturn

from streams.settings import Settings
from streams.terminal import InertFormatter
from streams.workers.connection import ConnectionSettingsError

log = logging.getLogger(__name__)

EXIT_OK: Final = 0
EXIT_SETTINGS: Final = 2
EXIT_POISON: Final = 65
"""``EX_DATAERR`` of sysexits.h: the breaker had stopped this worker, because nearly nothing could be read."""
EXIT_BROKEN: Final = 70
"""``EX_SOFTWARE`` of sysexits.h: something unexpected; a supervisor should start the worker again."""

TAKE_DOWN_S: Final = 3.0
"""How long the event loop may take to end after the work is done."""

SELDOM_S: Final = 10.0

_CHATTY: Final = ("aiokafka", "faust", "mode", "asyncio", "aiohttp")

Work = Callable[[asyncio.Event], Awaitable[None]]
"""The work of a worker: returns when the event is set and all is flushed, committed and left."""


class PoisonFloodError(RuntimeError):
    """A worker had stopped by itself, because nearly nothing of its input could be read; the message says how much."""


def run_worker(settings: Settings, work: Work) -> int:
    """Run ``work`` until SIGTERM or SIGINT; returns the exit code, or ends the process with it.

    A stop that takes longer than ``drain_timeout_s`` ends the process with 70, and so does a second signal: what was
    not committed is read again by whoever takes over. When the work is done but a thread of a library does not end,
    the process is ended all the same.
    """
    configure_logging(settings)
    code = EXIT_OK
    try:
        asyncio.run(_supervise(settings, work))
    except ConnectionSettingsError as error:
        log.critical("%s", error)
        code = EXIT_SETTINGS
    except PoisonFloodError as error:
        log.critical("ended after the breaker had stopped it: %s", error)
        code = EXIT_POISON
    except Exception:
        log.critical("unexpected: this worker ends, so that it is started again", exc_info=True)
        code = EXIT_BROKEN
    if any(not each.daemon for each in threading.enumerate() if each is not threading.main_thread()):
        leave(code)
    return code


def configure_logging(settings: Settings) -> None:
    """Log to standard error, unless the program that we are part of has set up logging already. No secret is logged."""
    if not logging.getLogger().handlers:
        to_stderr = logging.StreamHandler(sys.stderr)
        to_stderr.setFormatter(InertFormatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logging.basicConfig(level=settings.log_level, handlers=[to_stderr])
    # At its DEBUG level this one shows every request with all it holds, and passwords are among them.
    logging.getLogger("aiokafka.conn").setLevel(logging.WARNING)
    if settings.log_level != "DEBUG":
        for handler in logging.getLogger().handlers:
            if not any(isinstance(each, Seldom) for each in handler.filters):
                handler.addFilter(Seldom())
        for name in _CHATTY:
            logging.getLogger(name).setLevel(logging.WARNING)


class Seldom(logging.Filter):
    """Lets each message of the Kafka client through once in a while: without a broker it repeats them by the dozen."""

    def __init__(self, every_s: float = SELDOM_S) -> None:
        super().__init__()
        self._every_s = every_s
        self._last: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """True for what comes from elsewhere, and for the first of its kind in ``every_s`` seconds."""
        if not record.name.startswith("aiokafka"):
            return True
        kind = (record.name, str(record.msg))
        if record.created - self._last.get(kind, 0.0) < self._every_s:
            return False
        self._last[kind] = record.created
        return True


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
    loop.add_signal_handler(signal.SIGUSR1, _log_tasks)
    code = EXIT_BROKEN
    try:
        await work(stop)
        code = EXIT_OK
    except ConnectionSettingsError:
        code = EXIT_SETTINGS
        raise
    except PoisonFloodError:
        code = EXIT_POISON
        raise
    finally:
        deadline.cancel()
        # All is done; what is left is to take the event loop down, and tasks of libraries can hold that up for ever.
        last = threading.Timer(TAKE_DOWN_S, leave, [code])
        last.daemon = True
        last.start()


def _log_tasks() -> None:
    """On SIGUSR1: where every task stands, to see what a worker that does not get on waits for."""
    for task in asyncio.all_tasks():
        stack = io.StringIO()
        task.print_stack(limit=4, file=stack)
        log.warning("%s", stack.getvalue())


def _overdue(seconds: float) -> None:
    """Called in a thread of its own, so that it works even where the event loop hangs."""
    log.critical("not done %.0f s after the signal: leaving; what is not committed will be read again", seconds)
    leave(EXIT_BROKEN)
