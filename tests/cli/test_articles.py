"""The verbs over articles, called as a shell calls them."""

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from streams.local import SAMPLES

TOCSIN = (sys.executable, "-m", "streams")


def run(*arguments: str, stdin: bytes = b"", code: int = 0) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run([*TOCSIN, *arguments], input=stdin, capture_output=True, timeout=120, check=False)
    assert done.returncode == code, done.stderr.decode()
    return done


def rows(output: bytes) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


GUNMAN = json.dumps(
    {
        "id": "g1",
        "title": "Gunman opens fire at shopping mall in Leipzig, three dead",
        "text": "LEIPZIG, Germany - A gunman opened fire in a shopping mall in Leipzig on Monday and killed three "
        "people, police said. Residents were told to stay indoors. The attacker is at large.",
        "published_at": "2026-03-02T10:00:00Z",
        "source": "saxonpost.example",
    }
).encode()


def test_analyze_answers_line_for_line_in_order() -> None:
    answers = rows(run("analyze", stdin=GUNMAN + b"\nnonsense\n\n" + GUNMAN.replace(b"g1", b"g2")).stdout)
    assert [answer.get("id") for answer in answers] == ["g1", None, "g2"]
    assert answers[0]["alertable"] is True
    assert answers[0]["severity"] in ("Severe", "Extreme")
    assert str(answers[1]["error"]).startswith("not_json")


def test_strict_tells_a_script_that_a_line_was_refused() -> None:
    done = run("analyze", "--strict", stdin=b"{}\n", code=1)
    assert rows(done.stdout)[0]["error"]
    assert b"1 line(s)" in done.stderr


def test_gzip_is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl.gz"
    file.write_bytes(gzip.compress(GUNMAN + b"\n"))
    assert rows(run("analyze", str(file)).stdout)[0]["id"] == "g1"


def test_a_missing_file_is_named_with_the_next_step() -> None:
    done = run("analyze", "no/such/file.jsonl", code=1)
    assert b"no/such/file.jsonl" in done.stderr
    assert b"Traceback" not in done.stderr


def test_replay_is_byte_identical_and_accounts_for_every_article(tmp_path: Path) -> None:
    outputs = []
    for attempt in ("first", "second"):
        alerts, who = tmp_path / f"{attempt}.alerts", tmp_path / f"{attempt}.who"
        run("replay", str(SAMPLES), "--alerts", str(alerts), "--assignments", str(who))
        outputs.append((alerts.read_bytes(), who.read_bytes()))
    assert outputs[0] == outputs[1]
    alerts_out, who_out = outputs[0]
    samples = {row["id"] for row in rows(SAMPLES.read_bytes())}
    assert {row["article_id"] for row in rows(who_out)} == samples
    events = rows(alerts_out)
    assert len({event["id"] for event in events}) == len(events)
    assert {"opened", "escalated", "all_clear"} <= {event["change"] for event in events}


def test_replay_prints_for_people_unless_asked_for_json() -> None:
    shown = run("replay", str(SAMPLES)).stdout.decode()
    assert "Tampere" in shown
    assert "all_clear" in shown
    assert "\x1b" not in shown, "no colours into a pipe"


def test_article_makes_a_line_that_replay_takes(tmp_path: Path) -> None:
    story = tmp_path / "story.txt"
    story.write_text("A gunman opened fire in a school in Turku, Finland. Two people were killed.", encoding="utf-8")
    made = run("article", str(story), "--title", "Gunman in Turku school", "--published-at", "2026-05-01").stdout
    assert rows(made)[0]["title"] == "Gunman in Turku school"
    assert b"Turku" in run("replay", "-", stdin=made).stdout


def test_article_refuses_what_would_be_a_dead_letter(tmp_path: Path) -> None:
    story = tmp_path / "story.txt"
    story.write_text("words", encoding="utf-8")
    done = run("article", str(story), "--published-at", "someday", code=1)
    assert b"bad_time" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="signals of a pipe")
def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    pipe = subprocess.PIPE
    process = subprocess.Popen([*TOCSIN, "analyze"], stdin=pipe, stdout=pipe, stderr=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    try:
        process.stdin.write((GUNMAN + b"\n") * 200)
        process.stdin.close()
    except BrokenPipeError:
        pass
    assert process.wait(60) in (141, -signal.SIGPIPE)
    assert process.stderr.read() == b""
    process.stderr.close()
