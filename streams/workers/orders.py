"""Orders: what operators commanded at the console, read into a desk and kept up to date."""

import asyncio
import logging
from typing import Final

import msgspec
from aiokafka import ConsumerRecord, errors

from streams.model.command import Command
from streams.model.desk import Desk
from streams.settings import Settings
from streams.workers.connection import growing_pauses, is_passing
from streams.workers.tail import tail

log = logging.getLogger(__name__)

_COMMAND: Final = msgspec.json.Decoder(Command)


async def read_orders(settings: Settings, desk: Desk) -> None:
    """Apply every command that there is to ``desk``.

    Raises:
        ConnectionSettingsError: the settings do not lead to a broker.
        KafkaError: the brokers do not answer, or the topic may not be read.
    """
    async for record in tail(settings, [settings.topic_commands], until_end=True):
        _apply(record, desk)


async def follow_orders(settings: Settings, desk: Desk) -> None:
    """Apply commands to ``desk`` as they come, until cancelled. Those there are already are applied once more."""
    for pause in growing_pauses():
        try:
            async for record in tail(settings, [settings.topic_commands]):
                _apply(record, desk)
        except (errors.KafkaError, OSError, TimeoutError) as error:
            if not is_passing(error):
                raise
            log.warning("cannot follow the commands (%s): trying again in %.1f s", type(error).__name__, pause)
        await asyncio.sleep(pause)


def _apply(record: ConsumerRecord, desk: Desk) -> None:
    if record.value is None:
        return
    try:
        desk.apply(_COMMAND.decode(record.value))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        log.warning("%s/%d offset %d is no command: it is not heeded", record.topic, record.partition, record.offset)
