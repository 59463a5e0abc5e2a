"""Ordering: an operator's order published from outside the console, and what became of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

import msgspec

from streams.model.command import Command
from streams.model.desk import Desk
from streams.settings import Settings
from streams.workers.outbox import Outbox, new_producer
from streams.workers.records import Outgoing, encode
from streams.workers.tail import tail

_COMMAND: Final = msgspec.json.Decoder(Command)


async def commands(settings: Settings, *, until_end: bool = True) -> AsyncIterator[Command]:
    """Every command that was ever given, in no order but that of each partition; what is none is passed over.

    Raises:
        ConnectionSettingsError: the settings do not lead to a broker.
        KafkaError: the brokers do not answer, or the topic may not be read.
    """
    async for record in tail(settings, [settings.topic_commands], until_end=until_end):
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            yield _COMMAND.decode(record.value or b"")


async def give_order(settings: Settings, order: Command, wait_s: float) -> Command | None:
    """Publish ``order`` and wait for its answer; None where there is none within ``wait_s`` seconds.

    Raises:
        ConnectionSettingsError: the settings do not lead to a broker.
        KafkaError: the brokers refuse for good.
    """
    producer = new_producer(settings)
    await producer.start()
    try:
        key = order.record_key.encode()
        await Outbox(producer).publish([Outgoing(topic=settings.topic_commands, key=key, value=encode(order))])
    finally:
        await producer.stop()
    desk = Desk()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(wait_s):
            async for command in commands(settings, until_end=False):
                desk.apply(command)
                if (answer := desk.answer(order.id)) is not None:
                    return answer
    return None
