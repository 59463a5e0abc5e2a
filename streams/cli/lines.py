"""Line: JSON lines in and out of files, pipes and gzip, with progress for whoever waits at a terminal."""

import contextlib
import gzip
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, cast

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from streams.model import Article, ArticleError, decode_article

STDIN = Path("-")


def read_lines(files: Iterable[Path]) -> Iterator[bytes]:
    """Every non-blank line of ``files`` in turn; ``-`` is standard input, ``.gz`` is unpacked.

    Raises:
        click.ClickException: a file cannot be read; the message names it.
    """
    for file in files:
        try:
            with contextlib.ExitStack() as stack:
                stream = _open(file, stack)
                yield from (line for line in stream if line.strip())
        except (OSError, EOFError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            reason = getattr(error, "strerror", None) or error
            raise click.ClickException(f"{file}: {reason}: name a file of article lines, or - for stdin") from error


def _open(file: Path, stack: contextlib.ExitStack) -> BinaryIO:
    if file == STDIN:
        return sys.stdin.buffer
    if file.suffix == ".gz":
        return cast("BinaryIO", stack.enter_context(gzip.open(file, "rb")))
    return stack.enter_context(file.open("rb"))


def read_articles(lines: Iterable[bytes]) -> Iterator[Article | ArticleError]:
    """Each line as an article, or as the error that says why it is none."""
    for line in lines:
        try:
            yield decode_article(line.rstrip(b"\r\n"))
        except ArticleError as error:
            yield error


@contextlib.contextmanager
def writer(file: Path | None) -> Iterator[Callable[[object], None]]:
    """A function that writes one value as a JSON line to ``file``; ``-`` is standard output, None writes nothing."""
    encode = msgspec.json.Encoder(order="deterministic").encode
    if file is None:
        yield lambda _: None
    elif file == STDIN:
        yield lambda value: _write(sys.stdout.buffer, encode(value))
        sys.stdout.buffer.flush()
    else:
        with file.open("wb") as stream:
            yield lambda value: _write(stream, encode(value))


def _write(stream: BinaryIO, line: bytes) -> None:
    stream.write(line + b"\n")


@contextlib.contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A function to call with the number of items done so far; it draws on a terminal's stderr and nowhere else."""
    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        yield lambda done: bar.update(task, completed=done)
