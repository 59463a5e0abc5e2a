"""Desk: what the operators' commands amount to."""

from collections.abc import Iterable
from datetime import datetime

from streams.model.alert import AlertEvent
from streams.model.command import Command
from streams.model.kinds import CommandAction


class Desk:
    """The acknowledgements and silences that follow from the commands read so far.

    Commands may come in any order and more than once. What is not known yet (a lift before its silence) is kept.
    """

    def __init__(self, commands: Iterable[Command] = ()) -> None:
        self._acknowledged: dict[str, Command] = {}
        self._silences: dict[str, Command] = {}
        self._lifted: set[str] = set()
        self._answers: dict[str, Command] = {}
        for command in commands:
            self.apply(command)

    def apply(self, command: Command) -> None:
        """Take ``command`` into account; merges and splits are the consolidator's, and its answers are kept."""
        match command.action:
            case CommandAction.ACKNOWLEDGE if command.incident_id:
                held = self._acknowledged.get(command.incident_id)
                if held is None or (held.revision or 0) < (command.revision or 0):
                    self._acknowledged[command.incident_id] = command
            case CommandAction.SILENCE:
                self._silences[command.id] = command
            case CommandAction.LIFT if command.target:
                self._lifted.add(command.target)
            case CommandAction.HONOUR if command.target:
                self._answers[command.target] = command
            case CommandAction.REFUSE if command.target:
                # What was carried out stays so, also where the order comes by again long after.
                self._answers.setdefault(command.target, command)

    def answer(self, order_id: str) -> Command | None:
        """What the pipeline made of the merge, split or undo ``order_id``; None while it has not come to it."""
        return self._answers.get(order_id)

    def acknowledgement(self, incident_id: str) -> Command | None:
        """The acknowledgement of the highest revision of ``incident_id``."""
        return self._acknowledged.get(incident_id)

    def silence_of(self, event: AlertEvent, at: datetime) -> Command | None:
        """The silence that keeps ``event`` quiet the longest at ``at``; None where it is to be heard."""
        covering = [silence for silence in self.silences(at) if silence.silences(event, at)]
        return max(covering, key=lambda silence: (silence.until or at, silence.id), default=None)

    def silences(self, at: datetime) -> tuple[Command, ...]:
        """The silences in force at ``at``, the one that ends first before the others."""
        held = [
            silence
            for id_, silence in self._silences.items()
            if id_ not in self._lifted and silence.until is not None and at < silence.until
        ]
        return tuple(sorted(held, key=lambda silence: (silence.until or at, silence.id)))
