"""The same classification inside Quix Streams: `apply` with `expand`, then `to_topic`."""

import gc
from collections.abc import Sequence
from tempfile import TemporaryDirectory

from quixstreams import Application
from quixstreams.models import SerializationContext, Serializer, Topic

from streams.settings import Settings, load_settings
from streams.workers.triage import FETCH_BYTES
from tests.bench.contestants.decide import Decider, Out


class Encoded(Serializer):
    """What is written is encoded already."""

    def __call__(self, value: Out, ctx: SerializationContext) -> bytes:
        del ctx
        return value.value


def new_app(settings: Settings, folder: str) -> Application:
    """A Quix application with the settings that speed and fairness ask for: raw bytes, large fetches."""
    app = Application(
        broker_address=settings.kafka_bootstrap_servers,
        consumer_group=settings.group_triage,
        auto_offset_reset="earliest",
        commit_interval=settings.commit_interval_s,
        auto_create_topics=False,
        use_changelog_topics=False,
        state_dir=folder,
        loglevel="WARNING",
        consumer_extra_config={
            "max.partition.fetch.bytes": FETCH_BYTES,
            "fetch.wait.max.ms": settings.batch_wait_ms,
        },
        producer_extra_config={"acks": "all"},
    )
    decider = Decider(settings)
    gc.freeze()
    articles = app.topic(settings.topic_articles, key_deserializer="bytes", value_deserializer="bytes")
    outputs = {
        name: app.topic(name, key_serializer="bytes", value_serializer=Encoded())
        for name in (settings.topic_sightings, settings.topic_suppressed)
    }

    def decide(value: bytes) -> Sequence[Out]:
        return decider.decide(value)

    def topic_of(value: Out, *_: object) -> Topic:
        return outputs[value.topic]

    app.dataframe(articles).apply(decide, expand=True).to_topic(topic_of, key=_key)
    return app


def _key(value: Out) -> bytes:
    return value.key


if __name__ == "__main__":
    with TemporaryDirectory(prefix="tocsin-bench-quix-") as state:
        new_app(load_settings(), state).run()
