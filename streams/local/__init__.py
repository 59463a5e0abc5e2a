"""Local brokers for development, tests and `tocsin up`: Apache Kafka from its jars, an embedded one from a wheel."""

from pathlib import Path
from typing import Final

SAMPLES: Final = Path(__file__).with_name("samples") / "articles.jsonl"
"""Articles of our own writing: several incidents, a quiet background, copies, a late one, and all-clears."""
