"""Footprint: how long reader and locator take to load, and the memory they need. A fresh process a time, see below.

`python -m tests.bench.footprint` prints one JSON object.
"""

import gc
import sys
import time

import msgspec

from tests.bench.meter import resident_mb


class Footprint(msgspec.Struct, frozen=True, kw_only=True):
    """Wall seconds and resident megabytes: of the interpreter with all imports, and what each object adds."""

    import_s: float
    import_mb: float
    reader_s: float
    reader_mb: float
    locator_s: float
    locator_mb: float


def measure_footprint() -> Footprint:
    """Load the reader, then the locator, in this process. Only the first call in a process says the truth."""
    marks = [(time.perf_counter(), resident_mb())]

    def mark() -> None:
        gc.collect()
        marks.append((time.perf_counter(), resident_mb()))

    from streams.places import Locator  # noqa: PLC0415 - the time of the import is measured
    from streams.reading import Reader  # noqa: PLC0415

    mark()
    reader = Reader()
    mark()
    locator = Locator()
    mark()
    del reader, locator
    (t0, _), (t1, m1), (t2, m2), (t3, m3) = marks
    return Footprint(
        import_s=t1 - t0, import_mb=m1, reader_s=t2 - t1, reader_mb=m2 - m1, locator_s=t3 - t2, locator_mb=m3 - m2
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(measure_footprint()))
