"""The yardstick: aiokafka and nothing else. Batches in, JSON decoded into a struct, the commit; nothing comes out."""

import asyncio
import signal

import msgspec
from aiokafka import AIOKafkaConsumer

from streams.model.article import ArticleRecord
from streams.settings import Settings, load_settings
from streams.workers.connection import consumer_options
from streams.workers.triage import FETCH_BYTES


async def read(settings: Settings) -> None:
    """Read until SIGTERM, fetching and committing as the triage worker does."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    decode = msgspec.json.Decoder(ArticleRecord).decode
    consumer = AIOKafkaConsumer(
        settings.topic_articles,
        **consumer_options(settings, settings.group_triage),
        max_poll_records=settings.batch_records,
        max_partition_fetch_bytes=FETCH_BYTES,
        fetch_max_wait_ms=settings.batch_wait_ms,
    )
    await consumer.start()
    try:
        while not stop.is_set():
            batch = await consumer.getmany(timeout_ms=settings.batch_wait_ms)
            for records in batch.values():
                for record in records:
                    decode(record.value)
            if batch:
                await consumer.commit()
    finally:
        await consumer.stop()


if __name__ == "__main__":
    asyncio.run(read(load_settings()))
