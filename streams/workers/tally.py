"""Tally: what was folded and published, counted."""

from streams.metrics import Metrics
from streams.workers.desk import WORKER, Folded


def count_folded(metrics: Metrics, folded: Folded, now: float) -> None:
    """Count what ``folded`` did; ``now`` is when its alerts were acknowledged, in seconds of the Unix epoch."""
    for (decision, reason), count in folded.decisions.items():
        metrics.decisions.labels(decision, reason).inc(count)
    for reason, count in folded.refused.items():
        metrics.dead_letters.labels(WORKER, reason).inc(count)
    for event, sighting, article_at in folded.events:
        metrics.alerts.labels(event.change, str(event.notify).lower()).inc()
        if sighting is None or event.trigger.article_id != sighting.article.article_id:
            continue  # An order, or a closing by event time: this sighting only told that time has passed.
        # At most 128 characters of names and values (OpenMetrics); ours have about 40.
        exemplar = {"alert_id": event.id}
        for kind in event.kinds:
            if article_at is not None:
                metrics.article_to_alert.labels(kind).observe(max(0.0, now - article_at / 1000), exemplar)
            if sighting.published_at is not None and not sighting.day_precision:
                metrics.publication_to_alert.labels(kind).observe(max(0.0, now - sighting.published_at.timestamp()))
