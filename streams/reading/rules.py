"""Rules: the status and kinds that an editor's rules of thumb give, from the tags of headline, lead and body."""

from typing import Final, NamedTuple

from streams.model import Kind, Status
from streams.reading.cues import Zones
from streams.reading.tags import mask

_ARMED: Final = mask("gunman", "gunfire", "spree", "plural_shot")
_SHOTS: Final = mask("gunfire", "spree", "plural_shot", "few_shot")
_MASS: Final = mask("spree", "plural_shot")
_BOMB: Final = mask("bombing", "blast")
_TERROR: Final = mask("bombing", "operation", "plot", "ramming", "hostage")
_ORDERS: Final = mask("lockdown", "shelter", "evacuate", "avoid")
_SECURITY: Final = _ARMED | _BOMB | mask(
    "terror", "attack", "ramming", "hostage", "blade", "threat", "device", "at_large", "caught", "cordon", "crime",
    "few_shot", "police_shooting", "suicide", "explosion", "official", "place_public",
)  # fmt: skip
_HARM: Final = mask("killed", "injured")
_HAZARD: Final = mask("hazard", "disease", "accident")
_CALM: Final = mask("policy", "opinion", "statistics")
_OVER: Final = mask("clear", "ended")
_CERTAIN: Final = 0.9
"""A ruling this sure stands whatever the model thinks."""
_DOUBTFUL: Final = mask("victims", "negated", "accident", "hazard", "sport", "game", "legal", "investigation")
_THREATENED: Final = mask("gunman", "gunfire", "device", "at_large", "bombing", "plural_shot")
_PRIVATE: Final = mask("crime", "domestic", "suicide", "police_shooting")
_DANGER: Final = _ARMED | _BOMB | mask(
    "terror", "attack", "ramming", "hostage", "blade", "explosion", "militant", "threat", "device", "few_shot", "operation",
    "plot", "level", "police_shooting",
)  # fmt: skip
_CRIMES: Final = _SHOTS | mask("blade", "crime", "attack", "gunman", "police_shooting")

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
    head, every = zones.title | zones.lead, zones.all
    kinds = []
    if _is_terror(head, every):
        kinds.append(Kind.TERROR_ALERT)
    if shot >= 4 or head & _MASS or (head & mask("gunman") and head & mask("gunfire")):
        kinds.append(Kind.ACTIVE_SHOOTER)
    if every & _ORDERS or head & mask("device"):
        kinds.append(Kind.LOCKDOWN_ADVISORY)
    return tuple(kinds)


def _is_terror(head: int, every: int) -> bool:
    """True when headline and lead tell of terror, or a bomb or blast that nothing innocent explains."""
    if head & _TERROR or (head & mask("level") and head & mask("terror")):
        return True
    if head & mask("terror", "militant") and head & mask("attack", "killed", "blast", "gunfire", "threat", "explosion"):
        return True
    if head & mask("blast", "explosion") and not head & _HAZARD:
        return True
    return bool(every & mask("operation") or (head & mask("attack", "gunman") and every & mask("level")))


def rule(zones: Zones, shot: int, *, old: bool) -> Ruling:
    """The ruling on an article; ``shot`` counts people hit, ``old`` is True when it dates its event days back."""
    head, every = zones.title | zones.lead, zones.all
    danger = head & _DANGER
    orders = head & _ORDERS
    kinds = kinds_of(zones, shot)
    calm = _calm(zones, danger, orders, shot, old)
    if calm is not None:
        return calm
    if not danger and not orders and not (every & _ORDERS and every & (_ARMED | mask("device", "threat", "terror"))):
        return _no_danger(zones)
    return (
        _level(zones, kinds)
        or _order(zones, kinds)
        or _event(zones, kinds, shot)
        or (Ruling(Status.CRIME, (), "few_victims", 0.6) if head & _CRIMES else _no_danger(zones))
    )


def _level(zones: Zones, kinds: tuple[Kind, ...]) -> Ruling | None:
    """A terror-threat level is told."""
    head = zones.title | zones.lead
    if not head & mask("level"):
        return None
    if head & mask("readiness") and not head & mask("attack", "bombing", "gunfire"):
        return Ruling(Status.OTHER_HAZARD, (), "other_level", 0.8)
    if not head & mask("terror", "threat", "bombing", "gunfire", "ramming"):
        return None
    kinds = kinds if Kind.TERROR_ALERT in kinds else (Kind.TERROR_ALERT, *kinds)
    first = zones.title if zones.title & mask("level") else head
    if first & mask("level_down") and not first & mask("level_kept"):
        return Ruling(Status.ALL_CLEAR, kinds, "level_lowered", 0.85)
    if head & mask("level_up", "level_kept", "terror"):
        return Ruling(Status.CURRENT, kinds, "level_changed", 0.8)
    return None


def _order(zones: Zones, kinds: tuple[Kind, ...]) -> Ruling | None:
    """People were told to shelter, leave or keep away, because of a danger that is ours."""
    title, head, every = zones.title, zones.title | zones.lead, zones.all
    if not (every & _ORDERS or head & mask("device")) or not every & _SECURITY:
        return None
    body_only = not head & (_ORDERS | mask("device", "cordon"))
    if body_only and title & mask("crime", "domestic", "police_shooting", "suicide") and not head & _ARMED:
        return None
    over = head & mask("ended") or (head & _OVER and not head & mask("level"))
    caught = title & mask("caught", "attacker_dead")
    if title & mask("hoax") and not every & mask("still"):
        return Ruling(Status.ALL_CLEAR, kinds, "false_alarm", 0.7)
    if (over or caught) and not (head if over else every) & mask("still"):
        if head & mask("ended") or not head & mask("at_large"):
            return Ruling(Status.ALL_CLEAR, kinds, "all_clear", 0.7)
    sure = _CERTAIN if title & _ORDERS and head & _THREATENED and not head & mask("past", "later") else 0.85
    return Ruling(Status.CURRENT, kinds, "advisory_reported", sure)


def _event(zones: Zones, kinds: tuple[Kind, ...], shot: int) -> Ruling | None:
    """An attack, a shooting, an operation, a plot."""
    title, head = zones.title, zones.title | zones.lead
    first = title or zones.lead
    if head & _OVER and head & (_BOMB | mask("hostage", "threat", "device", "gunman")) and not head & mask("still"):
        return Ruling(Status.ALL_CLEAR, kinds or (Kind.TERROR_ALERT,), "all_clear", 0.5)
    doubtful = (head | zones.body) & mask("past", "later", "conflict", "scattered") or title & _DOUBTFUL
    plain = title & (_HARM | mask("plural_shot")) and not doubtful
    struck = title & mask("blast", "explosion") or head & (_MASS | mask("bombing", "terror", "hostage", "assembly"))
    if head & mask("conflict") and not struck:
        return Ruling(Status.CONFLICT, (), "conflict", 0.6)
    if shot >= 4 or head & _MASS:
        counted = (
            title & mask("gunfire") and (shot >= 4 or title & mask("plural_shot")) and plain and not head & _PRIVATE
        )
        return Ruling(Status.CURRENT, kinds, "shooting_reported", _CERTAIN if counted else 0.8)
    if title & mask("hostage") and head & mask("gunman") and not head & mask("past", "later", "policy"):
        return Ruling(Status.CURRENT, kinds, "attack_reported", _CERTAIN)
    if first & mask("operation"):
        return Ruling(Status.CURRENT, kinds, "operation_declared", 0.6)
    if head & (_BOMB | mask("ramming", "hostage")) or (
        head & mask("terror", "militant") and head & mask("attack") and head & _HARM
    ):
        sure = (
            _CERTAIN
            if (title & _BOMB or (head & mask("ramming") and title & mask("attack", "ramming"))) and plain
            else 0.75
        )
        return Ruling(Status.CURRENT, kinds or (Kind.TERROR_ALERT,), "attack_reported", sure)
    if head & mask("explosion"):
        return Ruling(Status.CURRENT, kinds or (Kind.TERROR_ALERT,), "attack_reported", 0.5)
    if head & mask("plot") or (head & mask("threat") and head & mask("terror")):
        return Ruling(Status.CURRENT, kinds or (Kind.TERROR_ALERT,), "plot_or_warning", 0.5)
    if head & (_PRIVATE | mask("few_shot")):
        return None
    crowded = title & mask("gunfire") and title & mask("assembly") and title & _HARM
    if crowded or Kind.ACTIVE_SHOOTER in kinds:
        sure = _CERTAIN if crowded and plain else 0.5
        return Ruling(Status.CURRENT, kinds or (Kind.ACTIVE_SHOOTER,), "shooting_reported", sure)
    return None


def _fresh_report(zones: Zones) -> bool:
    """True when headline and lead together plainly report an event: what, whom, and who says so or when."""
    title, lead = zones.title, zones.lead
    told = not lead or lead & (_HARM | _SHOTS | _ORDERS | mask("official", "recent"))
    hit = title & (_SHOTS | _BOMB | mask("gunman", "ramming", "attack")) and title & (_HARM | mask("plural_shot"))
    ordered = title & mask("gunman", "device", "gunfire") and (title | lead) & _ORDERS
    return bool(told and (hit or ordered) and not title & mask("court", "charged", "drill", "opinion"))


def _calm(zones: Zones, danger: int, orders: int, shot: int, old: bool) -> Ruling | None:
    """The ruling when something in headline or lead says that this is no fresh danger."""
    title, head = zones.title, zones.title | zones.lead
    first = title or zones.lead
    fresh_report = _fresh_report(zones)
    unreal = (
        None if fresh_report and not head & (_HAZARD | mask("prison", "wartime")) else _unreal(zones, danger, orders)
    )
    if unreal is not None:
        return unreal
    if fresh_report and not old and not zones.first & mask("later"):
        return None
    if first & mask("anniversary"):
        return Ruling(Status.HISTORIC, (), "anniversary", 0.8)
    fresh = title & (_ORDERS | mask("level", "device"))
    if title & mask("court") and not fresh:
        return Ruling(Status.FOLLOWUP, (), "court_followup", 0.85)
    if title & mask("memorial") and not fresh and not (shot and title & _HARM):
        return Ruling(Status.FOLLOWUP, (), "memorial", 0.7)
    if title & mask("report") and not fresh:
        return Ruling(Status.FOLLOWUP, (), "investigation_followup", 0.7)
    if first & mask("later") and not fresh:
        return Ruling(Status.FOLLOWUP, (), "old_date", 0.6)
    if (
        zones.first & mask("later")
        and not head & mask("breaking", "at_large", "still")
        and not (shot and title & _HARM)
    ):
        return Ruling(Status.FOLLOWUP, (), "old_date", 0.6)
    if old and not fresh:
        return Ruling(Status.FOLLOWUP, (), "old_date", 0.6)
    if title & mask("charged") and not fresh:
        return Ruling(Status.FOLLOWUP, (), "court_followup", 0.7)
    if title & _CALM and not fresh and not title & (_HARM | _BOMB | _MASS | mask("plot", "hostage", "operation")):
        if not (title & mask("threat") and title & mask("terror")):
            return Ruling(Status.POLICY, (), "policy", 0.7)
    return None


def _unreal(zones: Zones, danger: int, orders: int) -> Ruling | None:
    """The ruling when the alarming words are about a drill, a game, a hazard of nature or a figure of speech."""
    title, head = zones.title, zones.title | zones.lead
    first = title or zones.lead
    if head & mask("drill") and (danger or orders) and not head & mask("anew"):
        if first & mask("drill") or not head & _HARM or zones.drills > 1:
            return Ruling(Status.DRILL, (), "drill", 0.8)
    if title & mask("fiction") and not title & (_HARM | _ORDERS | mask("gunfire", "bombing")):
        return Ruling(Status.FIGURATIVE, (), "figurative_screen", 0.8)
    if title & mask("game") or (head & mask("game") and not head & _HARM):
        return Ruling(Status.FIGURATIVE, (), "figurative_game", 0.8)
    if title & mask("hoax") and not zones.all & (_ORDERS | _HARM):
        return Ruling(Status.HOAX, (), "hoax", 0.8)
    if head & mask("prison") and orders and not head & mask("at_large", "gunfire", "hostage"):
        return Ruling(Status.UNRELATED, (), "prison", 0.8 if title & mask("prison") else 0.6)
    if head & mask("wartime"):
        return Ruling(Status.OTHER_HAZARD, (), "wartime_ordnance", 0.8)
    serious = danger & ~mask("threat", "explosion", "gunman", "militant")
    if not title & mask("killed"):
        serious &= ~mask("attack")
    aside = title & _HAZARD and not title & (_DANGER | _ORDERS)
    if head & mask("home_blast") or aside or (head & _HAZARD and not serious):
        return Ruling(Status.OTHER_HAZARD, (), "other_hazard", 0.8)
    if head & (_HARM | _ORDERS | mask("hostage", "bombing", "level")):
        return None
    if title & mask("figurative"):
        return Ruling(Status.FIGURATIVE, (), "figurative_idiom", 0.7)
    if title & mask("sport", "screen"):
        reason = "figurative_sport" if title & mask("sport") else "figurative_screen"
        return Ruling(Status.FIGURATIVE, (), reason, 0.7)
    return None


def _no_danger(zones: Zones) -> Ruling:
    """The ruling when neither headline nor lead holds a danger of ours."""
    title, lead = zones.title, zones.lead
    for tags, sure in ((title, 0.6), (lead, 0.4)):
        for bits, status, reason in _CALM_ORDER:
            if tags & bits:
                return Ruling(status, (), reason, sure)
    if zones.negated:
        return Ruling(Status.UNRELATED, (), "negated", 0.5)
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
