"""The verbs over dead letters on a real Kafka: what people see of them, and back in with the first origin."""

import subprocess
from pathlib import Path

import pytest
from harness import article, read, send, tocsin

from streams.analysis import Analysis
from streams.model import Article, Placing, Reading, Suppressed
from streams.settings import Settings
from streams.workers.admin import apply_topics
from streams.workers.dead_letters import OFFSET, PARTITION, REPLAYED
from streams.workers.intake import Intake, Sorted
from streams.workers.records import Outgoing, header

pytestmark = pytest.mark.kafka

ESCAPES = b"\x1b]0;owned\x07\x1b[2J\x9b"
POISON = [
    (b"k\x1b[31m", b'{"id": "a1", "title": "Benches\nfor all"'),
    (None, b"\x9f\xfe" + ESCAPES + b"\x00" * 30),
    (b"k3", article(3) + b"]"),
]


class Quiet:
    def triage(self, given: Article) -> Analysis:
        suppressed = Suppressed(article_id=given.id, status="unrelated", reason="no_signal")
        return Analysis(article=given, reading=Reading(), placing=Placing(), sightings=(), suppressed=suppressed)


async def triage_all(settings: Settings, seen: set[tuple[int, int]]) -> Sorted:
    """What triage makes of the articles that are not ``seen``, published."""
    done = Sorted()
    records = [
        each for each in await read(settings, settings.topic_articles) if (each.partition, each.offset) not in seen
    ]
    seen |= {(each.partition, each.offset) for each in records}
    Intake(settings, Quiet()).sort(records, done)
    await send(settings, done.records)
    return done


@pytest.fixture
async def settings(kafka_settings: Settings) -> Settings:
    """With three records that cannot be read, all on partition 0, and what became of them."""
    await apply_topics(kafka_settings)
    topic = kafka_settings.topic_articles
    headers = (("trace\x1b[5m", b"\x1b[1mx\ny"),)
    for key, value in POISON:
        await send(kafka_settings, [Outgoing(topic=topic, key=key, value=value, partition=0, headers=headers)])
    await triage_all(kafka_settings, set())
    return kafka_settings


def ask(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[str]:
    return tocsin(settings, "dead-letters", *arguments)


def ids_of(settings: Settings, reason: str) -> list[str]:
    """By where they came from: a list has an order within each partition only, and letters go by their keys."""
    lines = [line.split() for line in ask(settings, "list", "--reason", reason).stdout.splitlines()]
    return [line[0] for line in sorted(lines, key=lambda line: line[2])]


async def test_they_are_listed_counted_and_shown_without_any_effect(settings: Settings) -> None:
    listed = ask(settings, "list").stdout
    assert len(listed.splitlines()) == 3
    assert f"{settings.topic_articles}/0@2" in listed
    counts = ask(settings, "list", "--counts").stdout.split("\n")
    assert [line.split()[0::2] for line in counts if line] == [["2", "not_json"], ["1", "not_utf8"]]
    (binary,) = ids_of(settings, "not_utf8")
    shown = ask(settings, "show", binary).stdout
    assert "00000000  9f fe 1b 5d 30 3b 6f 77 6e 65 64 07" in shown
    first = ids_of(settings, "not_json")[0]
    told = ask(settings, "show", first).stdout
    assert '{"id": "a1", "title": "Benches' in told
    assert "key: k" in told
    for output in (listed, shown, told):
        assert all(sign.isprintable() or sign == "\n" for sign in output)
    raw = ask(settings, "show", binary, "--raw").stdout
    assert raw.encode("utf-8", "surrogateescape") == POISON[1][1]


async def test_a_mended_one_is_read_and_one_that_fails_again_keeps_its_first_origin(
    settings: Settings, tmp_path: Path
) -> None:
    mended = tmp_path / "mended.json"
    mended.write_bytes(article(3))
    broken, fixed = ids_of(settings, "not_json")
    assert "(mended)" in ask(settings, "replay", fixed, "--value", str(mended)).stdout
    seen: set[tuple[int, int]] = {(0, 0), (0, 1), (0, 2)}
    assert (await triage_all(settings, seen)).tally == {("suppressed", "unrelated.no_signal"): 1}
    # Not mended, twice: what comes of it is a letter of the same origin each time.
    for times in (1, 2):
        assert ask(settings, "replay", broken).returncode == 0
        done = await triage_all(settings, seen)
        (letter,) = [each for each in done.records if each.topic == settings.topic_dead_letters]
        assert header(letter.headers, REPLAYED) == str(times).encode()
        assert (header(letter.headers, PARTITION), header(letter.headers, OFFSET)) == (b"0", b"0")
        assert letter.value == POISON[0][1]
        (again,) = [line for line in ask(settings, "list").stdout.splitlines() if f"replayed {times}×" in line]
        broken = again.split()[0]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("show", "0:99"), 1, "there is no dead letter 0:99"),
        (("show", "nonsense"), 1, "give PARTITION:OFFSET"),
        (("replay",), 2, "name one of ID, --reason and --all"),
        (("replay", "--all", "--value", "x"), 2, "name its ID"),
        (("replay", "0:0", "--value", "/no/such"), 1, "name a file that can be read"),
    ],
)
async def test_misuse_is_told_with_the_next_step(
    kafka_settings: Settings, arguments: tuple[str, ...], code: int, said: str
) -> None:
    await apply_topics(kafka_settings)
    done = ask(kafka_settings, *arguments)
    assert done.returncode == code
    assert said in done.stderr
