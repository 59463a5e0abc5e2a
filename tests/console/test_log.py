"""Log: what was ordered, what became of it, and which incidents it concerns."""

from datetime import UTC, datetime

import msgspec

from streams.console.log import MAX_COMMANDS, OrderLog
from streams.model.command import Command
from streams.model.desk import Desk

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def command(name: str, action: str, **parts: object) -> Command:
    return msgspec.convert({"id": name, "action": action, "by": "Ines", "at": NOW, **parts}, Command)


MERGE = command("m", "merge", incident_id="fi-1", target="fi-2", reason="one school")
MERGED = command("m:answer", "honour", target="m", incident_id="fi-1", reason="merged")
UNDO = command("u", "undo", incident_id="fi-1", target="m", reason="two schools")
UNDONE = command("u:answer", "honour", target="u", incident_id="fi-1", reason="undone", made="fi-2")


def log(*commands: Command) -> OrderLog:
    made = OrderLog(Desk())
    for each in commands:
        made.add(each)
    return made


def test_an_order_waits_until_it_is_answered() -> None:
    assert [(one.state, one.undoable) for one in log(MERGE).all()] == [("waiting", False)]
    (done,) = log(MERGE, MERGED).all()
    assert (done.state, done.undoable, done.outcome) == ("done", True, "An operator joined two incidents.")


def test_answers_may_come_before_their_orders_and_twice() -> None:
    made = log(UNDONE, MERGED, UNDO, MERGE)
    assert not made.add(MERGE)
    assert {one.id: one.undoable for one in made.all()} == {"m": False, "u": False}


def test_a_refusal_says_why_and_does_not_take_back_what_was_done() -> None:
    refusal = command("m:again", "refuse", target="m", reason="no_incident")
    assert log(MERGE, refusal).all()[0].state == "refused"
    assert log(MERGE, MERGED, refusal).all()[0].state == "done"
    failed = command("u:answer", "refuse", target="u", reason="no_order")
    assert {one.id: one.undoable for one in log(MERGE, MERGED, UNDO, failed).all()} == {"m": True, "u": False}


def test_an_order_concerns_what_it_names_and_what_came_of_it() -> None:
    made = log(MERGE, MERGED, UNDO, UNDONE, command("a", "acknowledge", incident_id="fi-3", revision=1))
    assert [one.id for one in made.of("fi-2")] == ["u", "m"]
    assert [one.id for one in made.of("fi-3")] == ["a"]
    split = command("s", "split", incident_id="fi-1", article_ids=["x"])
    answer = command("s:answer", "honour", target="s", incident_id="fi-1", reason="split", made="fi-9")
    made.add(split)
    made.add(answer)
    assert [one.made for one in made.of("fi-9")] == ["fi-9"]


def test_the_log_is_bounded() -> None:
    made = log(*(command(f"c{number}", "acknowledge", incident_id="fi-1", revision=1) for number in range(2100)))
    assert len(made.all()) == MAX_COMMANDS
    assert made.add(command("c0", "acknowledge", incident_id="fi-1", revision=1))
