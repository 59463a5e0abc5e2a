"""Rules: the status and kinds that an editor's rules of thumb give, from the tags of headline, lead and body."""

from typing import Final, NamedTuple

from streams.model import Kind, Status
from streams.reading.cues import Zones
from streams.reading.tags import mask

_ARMED: Final = mask("gunman", "gunfire", "spree", "plural_shot")
_SHOTS: Final = mask("gunfire", "spree", "plural_shot", "few_shot")
_MASS: Final = mask("spree", "plural_shot")
_BOMB: Final = mask("bombing", "blast")
_TERROR: Final = mask("bombing", "operation", "plot", "ramming", "hostage", "level")
_ORDERS: Final = mask("lockdown", "shelter", "evacuate", "avoid")
_SECURITY: Final = _ARMED | _BOMB | mask(
    "terror", "attack", "ramming", "hostage", "blade", "threat", "device", "at_large", "caught", "cordon", "crime",
    "few_shot", "police_shooting", "suicide", "explosion", "official", "place_public",
)  # fmt: skip
_HARM: Final = mask("killed", "injured")
_HAZARD: Final = mask("hazard", "disease", "accident")
_CULTURE: Final = mask("sport", "screen", "game", "business")
_LEGAL: Final = mask("court", "charged")
_CALM: Final = mask("policy", "opinion", "statistics")
_OVER: Final = mask("clear")
_MINOR_CRIME: Final = mask("crime", "domestic", "suicide", "police_shooting", "few_shot")

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


def kinds_of(zones: Zones, shot: int) -> tuple[Kind, ...]:
    """The kinds that the article's tags speak for, as if it were an alert."""
    head, all_tags = zones.title | zones.lead, zones.all
    kinds = []
    terror = head & _TERROR or (
        head & mask("terror", "militant") and head & mask("attack", "killed", "blast", "gunfire", "threat", "explosion")
    )
    if not terror and head & mask("blast", "explosion") and not head & _HAZARD:
        terror = True
    if (not terror and all_tags & mask("operation", "level")) or (
        zones.lead & mask("terror") and head & mask("attack", "gunman")
    ):
        terror = True
    if terror:
        kinds.append(Kind.TERROR_ALERT)
    if shot >= 4 or head & _MASS or (head & mask("gunman") and head & mask("gunfire")):
        kinds.append(Kind.ACTIVE_SHOOTER)
    if all_tags & _ORDERS or head & mask("device"):
        kinds.append(Kind.LOCKDOWN_ADVISORY)
    return tuple(kinds)


def rule(zones: Zones, shot: int, *, old: bool) -> Ruling:
    """The ruling on an article; ``old`` is True when it dates its event days before its publication."""
    title, lead = zones.title, zones.lead
    head, every = title | lead, zones.all
    first = title or lead
    danger = head & (
        _ARMED
        | _BOMB
        | mask(
            "terror",
            "attack",
            "ramming",
            "hostage",
            "blade",
            "explosion",
            "militant",
            "threat",
            "device",
            "few_shot",
            "operation",
            "plot",
            "level",
        )
    )
    orders = head & _ORDERS
    kinds = kinds_of(zones, shot)
    calm = _calm(zones, danger, orders, old)
    if calm is not None:
        return calm
    if not danger and not orders and not (every & _ORDERS and every & (_ARMED | mask("device", "threat", "terror"))):
        return _no_danger(zones)
    if head & mask("level"):
        if head & mask("readiness"):
            return Ruling(Status.OTHER_HAZARD, (), "other_level", 0.8)
        if head & mask("level_down") and not head & mask("level_kept"):
            return Ruling(Status.ALL_CLEAR, kinds, "level_lowered", 0.8)
        if head & mask("level_up", "level_kept", "terror"):
            return Ruling(Status.CURRENT, kinds, "level_changed", 0.8)
    if (orders or every & _ORDERS) and every & _SECURITY:
        if every & _OVER and not head & mask("at_large"):
            return Ruling(Status.ALL_CLEAR, kinds, "all_clear", 0.7)
        return Ruling(Status.CURRENT, kinds, "advisory_reported", 0.85)
    if head & _OVER and head & (_ARMED | _BOMB | mask("hostage", "threat", "device")):
        return Ruling(Status.ALL_CLEAR, kinds or (Kind.TERROR_ALERT,), "all_clear", 0.5)
    if shot >= 4 or head & _MASS:
        return Ruling(Status.CURRENT, kinds, "shooting_reported", 0.8)
    if first & mask("operation"):
        return Ruling(Status.CURRENT, kinds, "operation_declared", 0.6)
    if head & mask("conflict") and not head & mask("bombing", "terror", "hostage"):
        return Ruling(Status.CONFLICT, (), "conflict", 0.6)
    if (
        head & _BOMB
        or head & mask("ramming", "hostage")
        or (head & mask("terror", "militant") and head & mask("attack") and head & _HARM)
    ):
        return Ruling(Status.CURRENT, kinds or (Kind.TERROR_ALERT,), "attack_reported", 0.75)
    if head & mask("plot") or (head & mask("threat") and head & mask("terror")):
        return Ruling(Status.CURRENT, kinds or (Kind.TERROR_ALERT,), "plot_or_warning", 0.5)
    if Kind.ACTIVE_SHOOTER in kinds:
        return Ruling(Status.CURRENT, kinds, "shooting_reported", 0.5)
    if head & (_SHOTS | mask("blade", "crime", "attack", "gunman")):
        return Ruling(Status.CRIME, (), "few_victims", 0.6)
    return _no_danger(zones)


def _calm(zones: Zones, danger: int, orders: int, old: bool) -> Ruling | None:
    """The ruling when something in headline or lead says that this is no fresh danger."""
    title, lead = zones.title, zones.lead
    head = title | lead
    first = title or lead
    if (
        head & mask("drill")
        and (danger or orders)
        and not head & mask("anew")
        and (first & mask("drill") or not head & _HARM)
    ):
        return Ruling(Status.DRILL, (), "drill", 0.8)
    if first & mask("anniversary"):
        return Ruling(Status.HISTORIC, (), "anniversary", 0.8)
    if title & mask("court"):
        return Ruling(Status.FOLLOWUP, (), "court_followup", 0.85)
    if title & mask("memorial") and not title & _ORDERS:
        return Ruling(Status.FOLLOWUP, (), "memorial", 0.7)
    if old and not orders:
        return Ruling(Status.FOLLOWUP, (), "old_date", 0.6)
    if title & mask("charged") and not orders:
        return Ruling(Status.FOLLOWUP, (), "court_followup", 0.7)
    if head & mask("game") and not head & _HARM:
        return Ruling(Status.FIGURATIVE, (), "figurative_game", 0.8)
    if head & mask("prison") and orders and not head & mask("at_large"):
        return Ruling(Status.UNRELATED, (), "prison", 0.6)
    if head & mask("disease") and not danger & ~mask("threat", "attack"):
        return Ruling(Status.OTHER_HAZARD, (), "other_hazard", 0.8)
    if head & _HAZARD and not danger & ~mask("threat", "attack", "explosion", "blast"):
        return Ruling(Status.OTHER_HAZARD, (), "other_hazard", 0.8)
    if head & mask("wartime"):
        return Ruling(Status.OTHER_HAZARD, (), "wartime_ordnance", 0.8)
    if title & mask("sport", "screen") and not head & (_HARM | _ORDERS):
        return Ruling(Status.FIGURATIVE, (), "figurative_sport" if title & mask("sport") else "figurative_screen", 0.7)
    if title & mask("figurative") and not head & (_HARM | _ORDERS):
        return Ruling(Status.FIGURATIVE, (), "figurative_idiom", 0.7)
    if title & _CALM and not orders and not title & (_HARM | _BOMB | _MASS | mask("level", "plot")):
        return Ruling(Status.POLICY, (), "policy", 0.7)
    return None


def _no_danger(zones: Zones) -> Ruling:
    """The ruling when neither headline nor lead holds a danger of ours."""
    title, lead = zones.title, zones.lead
    head = title | lead
    if zones.negated and not head & (_SHOTS | _BOMB):
        return Ruling(Status.UNRELATED, (), "negated", 0.5)
    for bits, status, reason in _CALM_ORDER:
        if title & bits:
            return Ruling(status, (), reason, 0.6)
    for bits, status, reason in _CALM_ORDER:
        if lead & bits:
            return Ruling(status, (), reason, 0.4)
    return Ruling(Status.UNRELATED, (), "no_event", 0.5)


_CALM_ORDER: Final = (
    (mask("figurative"), Status.FIGURATIVE, "figurative_idiom"),
    (mask("anniversary"), Status.HISTORIC, "anniversary"),
    (mask("court", "charged"), Status.FOLLOWUP, "court_followup"),
    (mask("memorial"), Status.FOLLOWUP, "memorial"),
    (mask("hazard", "disease", "accident"), Status.OTHER_HAZARD, "other_hazard"),
    (mask("conflict"), Status.CONFLICT, "conflict"),
    (mask("crime", "police_shooting", "few_shot"), Status.CRIME, "crime"),
    (mask("game"), Status.FIGURATIVE, "figurative_game"),
    (mask("sport"), Status.FIGURATIVE, "figurative_sport"),
    (mask("screen"), Status.FIGURATIVE, "figurative_screen"),
    (mask("policy", "opinion", "statistics"), Status.POLICY, "policy"),
)
