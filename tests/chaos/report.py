"""Report: the result of a chaos run as tables."""

from statistics import median

from rich.console import Group
from rich.table import Table
from rich.text import Text

from tests.chaos.damage import Harm
from tests.chaos.run import Result


def report(result: Result) -> Group:
    """What was done, what it did, and how to run it again."""
    plan = result.plan
    faults = Table("fault", "times", "recovered p50 (s)", "max (s)", "never", title="Faults")
    every: list[float] = []
    for fault, seconds in sorted(result.recoveries.items()):
        known = [each for each in seconds if each is not None]
        every += known
        never = str(len(seconds) - len(known))
        faults.add_row(fault.value, str(result.faults[fault]), _middle(known), _most(known), never)
    faults.add_row("all", str(result.faults.total()), _middle(every), _most(every), "")
    counts = Table("what", "count", title=f"Seed {plan.seed}")
    rate = result.article_records / result.seconds
    rows = {
        "articles (different)": result.articles,
        "article records": result.article_records,
        "articles a second, wanted": round(plan.rate),
        "articles a second, sent": round(rate),
        "seconds": round(result.seconds),
        **{f"in {topic}": count for topic, count in sorted(result.outcomes.items())},
        "sighting records": result.sightings,
        "alert revisions": result.alerts,
        "incidents at the end": result.incidents,
        "identical repeats of outcomes": result.repeats["outcomes"],
        "identical repeats of alerts": result.repeats["alerts"],
        "most records behind": result.most_behind,
        **{f"workers that ended themselves: {name}": count for name, count in sorted(result.ends.items())},
        **{f"left out: {fault.value}": count for fault, count in sorted(result.left_out.items())},
    }
    for name, count in rows.items():
        counts.add_row(name, f"{count:,}")
    damage = Table("damage", "count", title="Verdict")
    for harm in Harm:
        count = result.damage.counts[harm]
        damage.add_row(harm.value, str(count), style="bold red" if count else None)
    examples = [Text(f"{harm}: {one}") for harm, shown in result.damage.examples.items() for one in shown]
    last = Text(f"{'PASSED' if result.passed else 'FAILED'}; nodes were cut off by {result.cut_with}")
    return Group(faults, counts, damage, *examples, last)


def _middle(seconds: list[float]) -> str:
    return f"{median(seconds):.1f}" if seconds else "-"


def _most(seconds: list[float]) -> str:
    return f"{max(seconds):.1f}" if seconds else "-"
