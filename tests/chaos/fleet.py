"""Fleet: the workers of a run as processes, each started again when it ends, as a supervisor would."""

import asyncio
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Final

from streams.local.process import Child, Keeper
from streams.local.workforce import environment_of
from streams.settings import Settings

KINDS: Final = ("triage", "consolidate")
_LOOK_S: Final = 0.25
_AGAIN_S: Final = 1.0
"""What a supervisor waits before it starts a worker again."""
_MARGIN_S: Final = 5.0


class Member:
    """One place in the fleet, and the process that fills it now."""

    def __init__(self, kind: str, child: Child) -> None:
        self.kind = kind
        self.child = child
        self.lock = asyncio.Lock()
        """Held while it is frozen or leaving: it is neither struck nor started again then."""

    @property
    def busy(self) -> bool:
        """True while it is frozen or leaving."""
        return self.lock.locked()


class Fleet:
    """Workers of both kinds. ``ends`` counts exit codes by kind where nobody asked for the end."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings = settings
        self._folder = folder
        self._keeper = Keeper()
        self._made = 0
        self._tending: asyncio.Task[None] | None = None
        self.members: list[Member] = []
        self.ends: Counter[tuple[str, int]] = Counter()
        self.overdue: list[str] = []

    def start(self, size: int) -> None:
        """Start ``size`` workers of each kind and watch over them."""
        for kind in KINDS:
            for _ in range(size):
                self.add(kind)
        self._tending = asyncio.create_task(self._tend())

    def add(self, kind: str) -> Member:
        """One more worker of ``kind``."""
        self._made += 1
        name = f"{kind}-{self._made}"
        command = [sys.executable, "-m", "streams", "worker", kind]
        environment = environment_of(self._settings)
        child = Child(name, command, self._folder / f"{name}.log", self._keeper, environment)
        child.start()
        member = Member(kind, child)
        self.members.append(member)
        return member

    def victim(self, pick: int) -> Member | None:
        """The member that ``pick`` falls on among those that are up."""
        up = [each for each in self.members if not each.busy and each.child.alive]
        return up[pick % len(up)] if up else None

    async def stop(self, member: Member, *, again: bool) -> None:
        """SIGTERM, and wait for the end; ``again``: start anew in its place."""
        async with member.lock:
            alive = member.child.alive
            clean = await asyncio.to_thread(member.child.stop, self._settings.drain_timeout_s + _MARGIN_S)
            code = member.child.exit_code
            if alive and (not clean or code != 0):
                self.overdue.append(f"{member.child.name} {'had to be killed' if not clean else f'ended with {code}'}")
            if again:
                member.child.start()
            else:
                self.members.remove(member)

    async def stop_all(self) -> None:
        """SIGTERM to all, and wait."""
        self.quiet()
        for kind in KINDS:
            await asyncio.gather(*(self.stop(each, again=False) for each in list(self.members) if each.kind == kind))

    def quiet(self) -> None:
        """Start nothing again from now on."""
        if self._tending is not None:
            self._tending.cancel()
            self._tending = None

    def kill_all(self) -> None:
        """End whatever still runs."""
        self.quiet()
        for member in self.members:
            member.child.kill()

    def killed(self, member: Member) -> None:
        """The end of ``member`` was our doing: it is started again, and not counted."""
        code = member.child.exit_code
        if code is not None:
            self.ends[member.kind, code] -= 1

    async def _tend(self) -> None:
        ended_at: dict[str, float] = {}
        while True:
            for member in self.members:
                name = member.child.name
                if member.busy or member.child.alive:
                    continue
                if name not in ended_at:
                    ended_at[name] = time.monotonic()
                    self.ends[member.kind, member.child.exit_code or 0] += 1
                elif time.monotonic() - ended_at[name] > _AGAIN_S:
                    del ended_at[name]
                    member.child.start()
            await asyncio.sleep(_LOOK_S)
