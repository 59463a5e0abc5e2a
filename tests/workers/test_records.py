"""Record: encoded the same every time, on the partition that Kafka's own clients would choose."""

from datetime import UTC, datetime

import pytest
from aiokafka.partitioner import DefaultPartitioner
from hypothesis import given
from hypothesis import strategies as st
from workers_doubles import opened

from streams.model import Change, Kind
from streams.workers.records import cloud_event_headers, encode, header, moment, number_header, partition_of


@given(st.binary(max_size=80), st.integers(min_value=1, max_value=200))
def test_keys_go_where_other_clients_send_them(key: bytes, partitions: int) -> None:
    every = list(range(partitions))
    assert partition_of(key, partitions) == DefaultPartitioner()(key, every, every)


def test_records_without_a_key_are_spread() -> None:
    assert [partition_of(None, 3, spread) for spread in range(5)] == [0, 1, 2, 0, 1]


@pytest.mark.parametrize(
    ("timestamp", "expected"),
    [
        (1_000, datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)),
        (None, None),
        (-1, None),
        (10**16, None),
    ],
)
def test_absurd_timestamps_are_none(timestamp: int | None, expected: datetime | None) -> None:
    assert moment(timestamp) == expected


def test_the_headers_of_an_alert_are_cloud_events() -> None:
    _, event = opened("KE", number=1, kinds=(Kind.TERROR_ALERT,))
    headers = dict(cloud_event_headers(event))
    assert headers["ce_specversion"] == b"1.0"
    assert headers["ce_id"] == event.id.encode()
    assert headers["ce_type"] == f"tocsin.incident.{Change.OPENED}".encode()
    assert headers["ce_source"] == b"/tocsin/consolidate"
    assert datetime.fromisoformat(headers["ce_time"].decode()) == event.last_seen_at
    assert headers["ce_time"].endswith(b"Z")
    assert headers["content-type"] == b"application/json"
    assert (cloud_event_headers(event), encode(event)) == (cloud_event_headers(event), encode(event))


def test_headers_are_looked_up_by_their_first_occurrence() -> None:
    headers = [("a", b"1"), ("a", b"2"), ("b", b"x")]
    assert header(headers, "a") == b"1"
    assert header(None, "a") is None
    assert (number_header(headers, "a"), number_header(headers, "b"), number_header(headers, "c")) == (1, None, None)
