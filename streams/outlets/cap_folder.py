"""CAP folder: where CAP messages are written, with the index that tells what was told before.

Every write is atomic and synced, and a message that is told again gives the same files: a kill at any moment does no
harm. One process at a time writes to a folder.
"""

import os
import tempfile
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from streams.outlets import atom, cap
from streams.outlets.message import Envelope, Form, Message
from streams.outlets.words import title

REFERENCES_MOST: Final = 100
"""Messages on one incident that the index keeps; an alert that is updated more often refers to the newest."""

_INDEX: Final = ".index"
_FEED: Final = "feed"

T = TypeVar("T")

_references: Final = msgspec.json.Decoder(tuple[cap.Reference, ...])
_entries: Final = msgspec.json.Decoder(tuple[atom.Entry, ...])


class CapFolder:
    """Writes the CAP messages of one receiver."""

    def __init__(self, folder: Path, sender: cap.Sender, *, base_url: str | None, feed_entries: int) -> None:
        self._folder = folder
        self._sender = sender
        self._base_url = base_url
        self._feed_entries = feed_entries

    def write(self, message: Message) -> None:
        """Write what ``message`` tells, then the index, then the feed.

        Raises:
            OSError: a file cannot be written.
        """
        (self._folder / _INDEX).mkdir(parents=True, exist_ok=True)
        for envelope in message.envelopes:
            self._write(envelope, message.id if message.form is Form.REMINDER else envelope.event.id)

    def _write(self, envelope: Envelope, key: str) -> None:
        event = envelope.event
        index = self._folder / _INDEX / f"incident-{cap.file_name(event.incident_id)}.json"
        told = _read(index, _references)
        repeated = next((position for position, each in enumerate(told) if each.key == key), None)
        if repeated is None:
            name = cap.file_name(key.replace(":", ".").replace("#", "."))
            reference = cap.Reference(key=key, identifier=f"tocsin-{name}", sent=envelope.at)
            before = told
        else:
            reference, before = told[repeated], told[:repeated]
        if cap.message_type(event, before) is None:
            return
        identifier, sent = reference.identifier, reference.sent
        document = cap.document(event, self._sender, identifier=identifier, sent=sent, references=before)
        _replace(self._folder / f"{identifier}.xml", document)
        if repeated is None:
            _replace(index, msgspec.json.encode((*told, reference)[-REFERENCES_MOST:]))
        self._feed(atom.Entry(identifier=identifier, sent=sent, title=f"[Press reports] {title(event)}"))

    def _feed(self, entry: atom.Entry) -> None:
        index = self._folder / _INDEX / f"{_FEED}.json"
        others = (each for each in _read(index, _entries) if each.identifier != entry.identifier)
        newest = tuple(sorted((entry, *others), key=lambda each: each.sent, reverse=True))[: self._feed_entries]
        _replace(index, msgspec.json.encode(newest))
        _replace(self._folder / f"{_FEED}.xml", atom.feed(newest, self._sender.sender, self._base_url))


def _read(path: Path, decoder: "msgspec.json.Decoder[tuple[T, ...]]") -> tuple[T, ...]:
    try:
        return decoder.decode(path.read_bytes())
    except FileNotFoundError:
        return ()
    except msgspec.MsgspecError as error:
        raise OSError(f"{path.name} in {_INDEX} is damaged: mend or remove it") from error


def _replace(path: Path, content: bytes) -> None:
    """Put ``content`` at ``path`` as a whole or not at all, and on the disk before returning."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".new-", delete=False) as stream:
        try:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
            os.fchmod(stream.fileno(), 0o644)
            Path(stream.name).replace(path)
        except BaseException:
            Path(stream.name).unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
