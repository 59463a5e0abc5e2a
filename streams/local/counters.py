"""Counters: what the workers have done so far, read from their /metrics."""

from collections.abc import Iterable
from typing import Final, Self

import aiohttp
import msgspec
from prometheus_client.parser import text_string_to_metric_families

TIMEOUT_S: Final = 2.0


class Counters(msgspec.Struct, frozen=True, kw_only=True):
    """Totals since the workers started. ``lag`` is in records; ``ready`` counts workers that do their share."""

    articles: int = 0
    sightings: int = 0
    suppressed: int = 0
    dead_letters: int = 0
    decisions: int = 0
    alerts: int = 0
    lag: int = 0
    ready: int = 0

    @classmethod
    def of(cls, expositions: Iterable[str]) -> Self:
        """Sum up the metrics of several workers, each in the Prometheus text format."""
        sums: dict[str, float] = {}
        for text in expositions:
            for family in text_string_to_metric_families(text):
                for sample in family.samples:
                    for name in (sample.name, f"{sample.name}:{sample.labels.get('outcome')}"):
                        sums[name] = sums.get(name, 0.0) + sample.value

        def total(name: str) -> int:
            return int(sums.get(name, 0.0))

        return cls(
            articles=total("tocsin_articles_total"),
            sightings=total("tocsin_articles_total:sighting"),
            suppressed=total("tocsin_articles_total:suppressed"),
            dead_letters=total("tocsin_dead_letters_total"),
            decisions=total("tocsin_decisions_total"),
            alerts=total("tocsin_alert_events_total"),
            lag=total("tocsin_consumer_lag_records"),
            ready=total("tocsin_ready"),
        )

    def sentence(self) -> str:
        """All that matters at the end, in one line."""
        return (
            f"{self.articles} articles: {self.sightings} sightings, {self.suppressed} suppressed, "
            f"{self.dead_letters} dead letters; {self.alerts} alerts"
        )


async def scrape(session: aiohttp.ClientSession, addresses: Iterable[str]) -> Counters | None:
    """Ask the workers at ``addresses`` (HOST:PORT); None while any of them does not answer."""
    expositions = []
    for address in addresses:
        # A worker that binds to all addresses is asked on this machine's own.
        url = f"http://{address}/metrics".replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
        try:
            async with session.get(url, timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as answer:
                answer.raise_for_status()
                expositions.append(await answer.text())
        except (aiohttp.ClientError, TimeoutError):
            return None
    return Counters.of(expositions)


class Settling:
    """Judges when everything that was played has gone all the way and nothing moves any more."""

    def __init__(self, quiet_s: float) -> None:
        self._quiet_s = quiet_s
        self._last: tuple[Counters, int] | None = None
        self._since = 0.0

    def settled(self, counters: Counters, played: int, shown: int, now: float) -> bool:
        """True when ``played`` articles and their sightings are accounted for, and all was quiet for a while.

        Args:
            counters: the newest totals.
            played: articles that were sent.
            shown: alerts that were seen.
            now: seconds of a clock that never goes back.
        """
        state = (counters, shown)
        if state != self._last:
            self._last, self._since = state, now
        return counters.articles >= played and counters.lag == 0 and now - self._since >= self._quiet_s
