"""Freshness: when the newest article of each source group came. A feed that falls silent looks like a quiet day."""

import functools
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from streams.forms import ANY_SOURCE, source_groups
from streams.incidents.publishers import publisher_of
from streams.metrics import Metrics
from streams.model import Article
from streams.settings import Settings

_CACHED: Final = 50_000
"""Publishers whose group is remembered: folding a name takes longer than looking it up."""


class Freshness:
    """The source groups of the settings, and the group :data:`~streams.settings.ANY_SOURCE` that has every article.

    A publisher is in a group when its name folds to the same (``The Harbour Post`` and ``harbour post``), or when its
    domain has the same registrable label. An article without a source goes by its address.
    """

    def __init__(self, settings: Settings) -> None:
        groups = source_groups(settings.source_groups)
        self._group_of = {publisher_of(member): group for group, members in groups.items() for member in members}
        self._find = functools.lru_cache(_CACHED)(self._look_up)
        self.groups = (ANY_SOURCE, *groups)

    def note(self, article: Article, timestamp_ms: int, newest: dict[str, int]) -> None:
        """Enter the Kafka timestamp of ``article``, in milliseconds of the Unix epoch, in ``newest``, by group."""
        if timestamp_ms > newest.get(ANY_SOURCE, 0):
            newest[ANY_SOURCE] = timestamp_ms
        if self._group_of:
            group = self._find(article.source or _host(article.url))
            if group is not None and timestamp_ms > newest.get(group, 0):
                newest[group] = timestamp_ms

    def _look_up(self, publisher: str) -> str | None:
        return self._group_of.get(publisher_of(publisher))


class FreshnessGauge:
    """The newest times of a worker's life as metrics. They never go back, whatever order partitions are read in."""

    def __init__(self, metrics: Metrics, groups: tuple[str, ...], started: float) -> None:
        self._metrics = metrics
        self._newest = dict.fromkeys(groups, started)
        self._show()

    def advance(self, newest: Mapping[str, int]) -> None:
        """Take note of the times in ``newest``, in milliseconds of the Unix epoch, by group."""
        for group, milliseconds in newest.items():
            self._newest[group] = max(self._newest[group], milliseconds / 1000)
        self._show()

    def _show(self) -> None:
        for group, seconds in self._newest.items():
            self._metrics.last_article.labels(group).set(seconds)


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
