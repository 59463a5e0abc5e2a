"""Memory: what the feeder has seen, in a file, so that a restart publishes nothing twice."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Self

import msgspec

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS seen (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS copies (feed TEXT PRIMARY KEY, etag TEXT, modified TEXT) WITHOUT ROWID;
"""


class MemoryFileError(RuntimeError):
    """The file cannot be used; the message names it, the reason and a next step."""


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """The validators of the copy of a feed that was read last (RFC 9110, 8.8)."""

    etag: str | None = None
    modified: str | None = None


class Memory:
    """The keys of published articles, the newest ``remember`` of them, and the validators of feeds."""

    def __init__(self, file: Path, remember: int) -> None:
        """Open ``file``, or make it.

        Raises:
            MemoryFileError: it cannot be opened, or is no such file.
        """
        self._remember = remember
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(file)
            self._file.execute("PRAGMA journal_mode=WAL")
            self._file.executescript(_SCHEMA)
        except (sqlite3.Error, OSError) as error:
            raise MemoryFileError(f"{file}: {error}: name a file that can be written, or remove it") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def unseen(self, keys: Iterable[str]) -> set[str]:
        """Those of ``keys`` that were not published, as far as is remembered."""
        return {
            key for key in keys if self._file.execute("SELECT 1 FROM seen WHERE key = ?", (key,)).fetchone() is None
        }

    def copy_of(self, feed: str) -> Copy:
        """The validators of the feed at ``feed``."""
        found = self._file.execute("SELECT etag, modified FROM copies WHERE feed = ?", (feed,)).fetchone()
        return Copy(etag=found[0], modified=found[1]) if found else Copy()

    def note(self, feed: str, copy: Copy, keys: Iterable[str]) -> None:
        """Remember, all or nothing, that ``keys`` were published, all that ``copy`` of ``feed`` had."""
        with self._file:
            self._file.executemany("INSERT OR IGNORE INTO seen (key) VALUES (?)", ((key,) for key in keys))
            self._file.execute(
                "DELETE FROM seen WHERE id <= (SELECT MAX(id) FROM seen) - ?",
                (self._remember,),
            )
            self._file.execute(
                "INSERT INTO copies VALUES (?, ?, ?) "
                "ON CONFLICT (feed) DO UPDATE SET etag = excluded.etag, modified = excluded.modified",
                (feed, copy.etag, copy.modified),
            )
