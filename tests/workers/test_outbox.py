"""Outbox: whole batches, in order, until they are acknowledged; and what is too large finds a way."""

import pytest
from aiokafka.errors import KafkaConnectionError, MessageSizeTooLargeError, TopicAuthorizationFailedError
from workers_doubles import Batch, Producer

from streams.workers.outbox import Outbox, TooLargeError
from streams.workers.records import Outgoing, partition_of


def numbered(count: int, topic: str = "bells", key: bytes = b"k") -> list[Outgoing]:
    return [Outgoing(topic=topic, key=key, value=b"%03d" % number) for number in range(count)]


async def test_records_of_a_key_stay_in_order_over_many_batches() -> None:
    producer = Producer(room=10)
    await Outbox(producer).publish(numbered(20))
    (lane,) = producer.sent
    assert lane == ("bells", partition_of(b"k", 4))
    assert [each["value"] for each in producer.sent[lane]] == [b"%03d" % number for number in range(20)]
    assert producer.batches == 7


async def test_a_given_partition_is_used() -> None:
    producer = Producer()
    await Outbox(producer).publish([Outgoing(topic="bells", key=b"k", value=b"v", partition=3, headers=(("a", b"b"),))])
    assert producer.sent == {("bells", 3): [{"timestamp": None, "key": b"k", "value": b"v", "headers": [("a", b"b")]}]}


async def test_trouble_is_told_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    producer, told = Producer(), []
    failures = iter([KafkaConnectionError("away"), TimeoutError()])

    def refuse(batch: Batch) -> None:
        for failure in failures:
            raise failure

    producer.refuse = refuse
    await Outbox(producer, on_retry=lambda: told.append(1)).publish(numbered(3))
    assert sum(len(records) for records in producer.sent.values()) == 3
    assert len(told) == 2
    assert "KafkaConnectionError" in caplog.text


async def test_a_refusal_for_good_is_raised() -> None:
    producer = Producer()

    def refuse(batch: Batch) -> None:
        raise TopicAuthorizationFailedError

    producer.refuse = refuse
    with pytest.raises(TopicAuthorizationFailedError):
        await Outbox(producer).publish(numbered(1))


async def test_nothing_is_sent_once_it_may_not_be() -> None:
    producer = Producer()

    async def lost() -> None:
        raise RuntimeError("lease lost")

    with pytest.raises(RuntimeError):
        await Outbox(producer, before=lost).publish(numbered(1))
    assert producer.sent == {}


def refuse_large(batch: Batch) -> None:
    if any(len(each["value"]) > 5 for each in batch.records) or len(batch.records) > 4:
        raise MessageSizeTooLargeError


async def test_one_record_too_large_does_not_hold_up_the_others() -> None:
    producer = Producer()
    producer.refuse = refuse_large
    records = numbered(20)
    records[7] = Outgoing(topic="bells", key=b"k", value=b"far too large")
    asked = []

    def shrink(refused: Outgoing, size: int) -> Outgoing:
        asked.append((refused.value, size))
        return Outgoing(topic="letters", key=refused.key, value=b"cut")

    outbox = Outbox(producer, shrink=shrink)
    await outbox.publish(records)
    sent = [each["value"] for each in producer.sent["bells", partition_of(b"k", 4)]]
    assert sent == [b"%03d" % number for number in range(20) if number != 7]
    assert [each["value"] for lane, kept in producer.sent.items() if lane[0] == "letters" for each in kept] == [b"cut"]
    assert asked == [(b"far too large", 13)]


async def test_a_record_too_large_may_be_left_out_or_be_an_error() -> None:
    producer = Producer()
    producer.refuse = refuse_large
    large = [Outgoing(topic="bells", key=b"k", value=b"far too large")]
    await Outbox(producer, shrink=lambda *_: None).publish(large)
    assert producer.sent == {}
    with pytest.raises(TooLargeError, match=r"max\.message\.bytes"):
        await Outbox(producer).publish(large)
