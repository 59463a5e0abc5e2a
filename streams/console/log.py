"""Log: what operators ordered, and what the pipeline made of it."""

from collections import deque
from typing import Final

import msgspec

from streams.console.words import reason_words
from streams.model.command import Command
from streams.model.desk import Desk
from streams.model.kinds import CommandAction

MAX_COMMANDS: Final = 2000
"""Commands kept; of older ones only the effect is known."""

_ANSWERS: Final = (CommandAction.HONOUR, CommandAction.REFUSE)


class Given(Command, frozen=True, kw_only=True):
    """An order as a page lists it.

    ``state`` is ``done`` or ``refused``, or ``waiting`` while the pipeline has not come to it; empty where it does
    not answer (what all consoles and notifiers heed by themselves). ``outcome`` tells in a sentence why.
    """

    state: str = ""
    outcome: str = ""
    undoable: bool = False


class OrderLog:
    """The newest orders with what became of them. Commands may come in any order, and more than once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._commands: deque[Command] = deque(maxlen=MAX_COMMANDS)
        self._by_id: dict[str, Command] = {}
        self._undos: dict[str, set[str]] = {}

    def add(self, command: Command) -> bool:
        """Take ``command`` in, and into account by the desk; False where it was known."""
        if command.id in self._by_id:
            return False
        if len(self._commands) == MAX_COMMANDS:
            oldest = self._commands[0]
            self._by_id.pop(oldest.id, None)
            self._undos.pop(oldest.id, None)
        self._commands.append(command)
        self._by_id[command.id] = command
        if command.action is CommandAction.UNDO and command.target:
            self._undos.setdefault(command.target, set()).add(command.id)
        self._desk.apply(command)
        return True

    def order_of(self, command: Command) -> Command | None:
        """The order that ``command`` answers, or itself; None for an answer whose order is not known."""
        return self._by_id.get(command.target or "") if command.action in _ANSWERS else command

    def given(self, order: Command) -> Given:
        """``order`` as a page lists it."""
        fields = msgspec.structs.asdict(order)
        if not order.rearranges:
            return Given(**fields)
        answer = self._desk.answer(order.id)
        if answer is None:
            return Given(**fields, state="waiting", outcome="The pipeline has not come to it yet.")
        if answer.action is CommandAction.REFUSE:
            return Given(**fields, state="refused", outcome=reason_words(answer.reason))
        undoable = order.action is not CommandAction.UNDO and not self._is_undone(order)
        return Given(
            **fields | {"made": answer.made}, state="done", outcome=reason_words(answer.reason), undoable=undoable
        )

    def all(self) -> list[Given]:
        """Every order, the newest first."""
        orders = [command for command in self._commands if command.action not in _ANSWERS]
        return [self.given(one) for one in sorted(orders, key=lambda one: (one.at, one.id), reverse=True)]

    def of(self, incident_id: str) -> tuple[Given, ...]:
        """The orders that concern an incident, the newest first."""
        return tuple(one for one in self.all() if incident_id in self.concerned(one))

    def concerned(self, order: Command) -> set[str]:
        """The incidents that ``order`` is about, and those that came of it."""
        named = {order.incident_id, order.scope.incident_id if order.scope is not None else None}
        if order.action in (CommandAction.MERGE, CommandAction.SPLIT, CommandAction.UNDO):
            answer = self._desk.answer(order.id)
            named |= {answer.incident_id, answer.made} if answer is not None else set()
        if order.action is CommandAction.MERGE:
            named.add(order.target)
        first = self._by_id.get(order.target or "") if order.action is CommandAction.UNDO else None
        if first is not None and first.id != order.id:
            named |= self.concerned(first)
        return {one for one in named if one}

    def _is_undone(self, order: Command) -> bool:
        """True once an undo of ``order`` was carried out."""
        answers = (self._desk.answer(undo) for undo in self._undos.get(order.id, ()))
        return any(answer is not None and answer.action is CommandAction.HONOUR for answer in answers)
