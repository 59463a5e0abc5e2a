"""Position: where a group left each of its partitions, with the metadata of the commit."""

from typing import Literal

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import OffsetAndMetadata


async def committed_positions(
    consumer: AIOKafkaConsumer, start: Literal["latest", "earliest"]
) -> dict[tuple[str, int], tuple[int, str]]:
    """Offset and metadata for each partition that ``consumer`` was assigned.

    A group that has committed nothing begins at ``start``, and that is committed at once: what comes from now on is
    not lost, even if this process dies before it has read anything. A partition that was added later is read from its
    beginning.

    Raises:
        KafkaError: the brokers do not answer, or refuse the commit.
    """
    partitions = sorted(consumer.assignment())
    every = [
        TopicPartition(topic, partition)
        for topic in sorted({each.topic for each in partitions})
        for partition in sorted(consumer.partitions_for_topic(topic) or ())
    ]
    # The client shows the offset of a commit, and keeps its metadata to itself; its version is pinned. The admin
    # client would tell both, in a form of the request that the embedded broker does not understand.
    known: dict[TopicPartition, OffsetAndMetadata]
    known = await consumer._coordinator.fetch_committed_offsets(every)  # noqa: SLF001
    first = await consumer.beginning_offsets(partitions)
    last = await consumer.end_offsets(partitions)
    missing = last if not known and start == "latest" else first
    positions = {
        partition: known.get(partition) or OffsetAndMetadata(missing[partition], "") for partition in partitions
    }
    # Records may be gone since the commit: retention does not wait for a receiver. The metadata counts from there.
    positions = {
        partition: commit if commit.offset >= first[partition] else OffsetAndMetadata(first[partition], "")
        for partition, commit in positions.items()
    }
    new = {partition: commit for partition, commit in positions.items() if partition not in known}
    if new:
        await consumer.commit(new)
    return {(each.topic, each.partition): (commit.offset, commit.metadata or "") for each, commit in positions.items()}
