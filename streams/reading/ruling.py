"""Ruling: what the rules of thumb say of an article, and the closed set of reasons that a reading can have."""

from typing import Final, NamedTuple

from streams.model import Kind, Status

REASONS: Final = frozenset(
    {
        "no_signal", "attack_reported", "shooting_reported", "advisory_reported", "level_changed", "operation_declared",
        "plot_or_warning", "all_clear", "level_lowered", "false_alarm", "drill", "hoax", "anniversary", "memorial",
        "court_followup", "investigation_followup", "old_date", "policy", "opinion", "statistics", "conflict",
        "other_hazard", "prison", "negated", "figurative_idiom", "figurative_sport", "figurative_screen",
        "figurative_game", "few_victims", "crime", "wartime_ordnance", "travel_elsewhere", "model_alert", "model_doubt",
        "model_calm", "no_event", "other_level",
    }
)  # fmt: skip
"""Every value that :attr:`streams.model.Reading.reason` can take."""


class Ruling(NamedTuple):
    """What the rules say: status, kinds, the code of the deciding rule, and how sure it is (0 to 1)."""

    status: Status
    kinds: tuple[Kind, ...]
    reason: str
    sure: float
