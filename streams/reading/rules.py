"""Rules: the status and kinds that an editor's rules of thumb give, from the tags of headline, lead and body."""

from typing import Final

from streams.model import Kind, Status
from streams.reading.calm import SERIOUS, calm
from streams.reading.cues import Zones
from streams.reading.ruling import Ruling
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
_OVER: Final = mask("clear", "ended")
_CERTAIN: Final = 0.9
"""A ruling this sure stands whatever the model thinks."""
_DOUBTFUL: Final = mask("victims", "negated", "accident", "hazard", "sport", "game", "legal", "investigation")
_THREATENED: Final = mask("gunman", "gunfire", "device", "at_large", "bombing", "plural_shot")
_PRIVATE: Final = mask("crime", "domestic", "suicide", "police_shooting")
_LOOKING_BACK: Final = mask("past", "later", "court", "charged", "anniversary", "conflict")
_TOLD_AFTER: Final = mask("charged", "policy", "opinion", "report")
_AFTERWARDS: Final = mask("victims", "memorial", "report", "court", "charged")
_SOME: Final = 3
_STRUCK: Final = _MASS | mask("bombing", "terror", "hostage", "assembly")
_ALONE: Final = _PRIVATE | mask("few_shot", "caught", "clear")
_TALKED_OF: Final = mask("policy", "opinion", "statistics")
_ELSEWHERE: Final = mask("sport", "screen", "game", "fiction")
_WARNED: Final = mask("breaking", "at_large", "assembly")
_FIGHTERS: Final = mask("conflict")
_HYPOTHETICAL: Final = _FIGHTERS | _TALKED_OF | mask("modal", "threat", "caught", "charged", "past", "investigation")
_PUBLIC: Final = mask("place_public", "assembly", "person")
_ATTACKS: Final = mask("attack", "bombing", "blast", "explosion", "ramming", "spree")
_STRIKES: Final = mask("bombing", "blast", "explosion")
_MEANS: Final = mask("bombing", "blast", "terror", "militant")
_CRIMES: Final = _SHOTS | mask("blade", "crime", "attack", "gunman", "police_shooting")


def kinds_of(zones: Zones, shot: int) -> tuple[Kind, ...]:
    """The kinds that the article's tags speak for, as if it were an alert."""
    head, every = zones.title | zones.lead, zones.all
    kinds = []
    if _is_terror(head, every):
        kinds.append(Kind.TERROR_ALERT)
    if shot >= 4 or _is_mass(head) or (head & mask("gunman") and head & mask("gunfire")):
        kinds.append(Kind.ACTIVE_SHOOTER)
    if every & _ORDERS or head & mask("device"):
        kinds.append(Kind.LOCKDOWN_ADVISORY)
    return tuple(kinds)


def _is_mass(head: int) -> bool:
    """True when many are said to have been shot; a "massacre" without a word of guns may be war, history or a game."""
    return bool(head & mask("plural_shot") or (head & mask("spree") and head & mask("gunfire")))


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
    danger = head & SERIOUS
    orders = head & _ORDERS
    kinds = kinds_of(zones, shot)
    quiet = calm(zones, danger, orders, shot, old=old)
    if quiet is not None:
        return quiet
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
    return _moved_level(zones, kinds if Kind.TERROR_ALERT in kinds else (Kind.TERROR_ALERT, *kinds))


def _moved_level(zones: Zones, kinds: tuple[Kind, ...]) -> Ruling | None:
    """A terror-threat level went up or down, or was kept."""
    head = zones.title | zones.lead
    if not zones.title & mask("level") and zones.title:
        # A level that only the lead speaks of may be an aside: "the alert of that time is in many memories".
        moved = zones.first & mask("level") and zones.first & mask("level_up", "level_kept")
        return Ruling(Status.CURRENT, kinds, "level_changed", 0.6) if moved else None
    first = zones.title or head
    if first & mask("level_down") and not first & mask("level_kept"):
        return Ruling(Status.ALL_CLEAR, kinds, "level_lowered", 0.85)
    if head & mask("level_up", "level_kept", "terror"):
        return Ruling(Status.CURRENT, kinds, "level_changed", 0.8)
    return None


def _order(zones: Zones, kinds: tuple[Kind, ...]) -> Ruling | None:
    """People were told to shelter, leave or keep away, because of a danger that is ours."""
    title, head, every = zones.title, zones.title | zones.lead, zones.all
    closed = zones.title & mask("cordon") and zones.title & mask("threat", "device")
    if not (every & _ORDERS or head & mask("device") or closed) or not every & _SECURITY:
        return None
    body_only = not head & (_ORDERS | mask("device", "cordon"))
    if body_only and title & mask("crime", "domestic", "police_shooting", "suicide") and not head & _ARMED:
        return None
    if body_only and title & mask("hostage") and title & mask("gunman"):
        return None
    over = head & mask("ended") or (head & _OVER and not head & mask("level"))
    caught = (title or zones.lead) & mask("caught", "attacker_dead")
    if title & mask("hoax") and not every & mask("still"):
        return Ruling(Status.ALL_CLEAR, kinds, "false_alarm", 0.7)
    searching = (head if over else every) & mask("still") or (head & mask("at_large") and not head & mask("ended"))
    if (over or caught) and not searching:
        return Ruling(Status.ALL_CLEAR, kinds, "all_clear", 0.7)
    kinds = kinds if not closed or Kind.LOCKDOWN_ADVISORY in kinds else (*kinds, Kind.LOCKDOWN_ADVISORY)
    plain = title & _ORDERS and head & _THREATENED and not head & mask("past", "later") and not title & _TOLD_AFTER
    return Ruling(Status.CURRENT, kinds, "advisory_reported", _CERTAIN if plain else 0.85)


def _event(zones: Zones, kinds: tuple[Kind, ...], shot: int) -> Ruling | None:
    """An attack, a shooting, an operation, a plot."""
    title, head = zones.title, zones.title | zones.lead
    doubtful = (head | zones.body) & mask("past", "later", "conflict", "scattered") or title & _DOUBTFUL
    plain = bool(title & (_HARM | mask("plural_shot")) and not doubtful)
    over = head & _OVER and head & (_BOMB | mask("hostage", "threat", "device", "gunman")) and not head & mask("still")
    ended = title & mask("ended") and not title & _PRIVATE
    told_over = head & mask("ended") and head & _ATTACKS and head & _HARM and not (head & mask("still") or doubtful)
    several = shot >= 4 and head & (_PUBLIC | mask("crime", "domestic")) and not title & _FIGHTERS
    struck = several or title & mask("blast", "explosion") or head & _STRUCK
    counted = title & mask("gunfire") and (shot >= 4 or title & mask("plural_shot")) and plain and not head & _PRIVATE
    held = title & mask("hostage") and head & mask("gunman") and not head & mask("past", "later", "policy")
    extremists = head & mask("terror", "militant") and head & mask("attack") and head & (_HARM | mask("blade"))
    attack = head & (_BOMB | mask("ramming", "hostage")) or extremists
    named = title & _BOMB or (head & mask("ramming") and title & mask("attack", "ramming"))
    planned = head & mask("plot") or (head & mask("threat") and head & mask("terror"))
    private = head & (_PRIVATE | mask("few_shot"))
    fired = title & mask("gunfire") or (title & mask("attack") and head & mask("gunfire"))
    crowded = fired and title & mask("assembly") and (title & _HARM or shot >= _SOME)
    fresh = zones.first & mask("recent", "official", "killed") and not head & _LOOKING_BACK
    toll = title & mask("toll") and zones.all & _ATTACKS and zones.lead & mask("killed") and not head & _HAZARD
    freed = title & mask("hostage") and title & mask("attacker_dead") and not head & mask("still", "past", "court")
    rammed = title & mask("attack", "ramming") and title & _HARM and zones.first & mask("ramming")
    bombed = title & mask("attack") and title & mask("bombing") and zones.first & _STRIKES and zones.first & _HARM
    foiled = title & mask("plot") and zones.first & mask("caught", "operation") and zones.first & _MEANS
    scattered = title & mask("scattered") and not title & mask("spree")
    aside = None if title & _HARM else _aside(title)
    mass = shot >= 4 or _is_mass(head)
    mass = mass and not title & mask("accident") and (not aside or (shot >= 4 and not title & mask("caught")))
    soldiers = title & _FIGHTERS and title & _HARM and title & (_MEANS | _STRIKES) and not head & _PUBLIC
    militants = title & mask("militant", "terror") and title & mask("attack", "hostage") and not title & _HYPOTHETICAL
    # A gunman or shots reported where many people are: the warning itself is the news.
    seen = (title or head) & _WARNED == _WARNED and not head & _ALONE
    armed = (Kind.LOCKDOWN_ADVISORY,)
    terror = kinds or (Kind.TERROR_ALERT,)
    guns = kinds or (Kind.ACTIVE_SHOOTER,)
    checks: tuple[tuple[object, Status, tuple[Kind, ...], str, float], ...] = (
        (over and ended and not doubtful, Status.ALL_CLEAR, terror, "all_clear", _CERTAIN),
        (told_over, Status.ALL_CLEAR, terror, "all_clear", _CERTAIN),
        (over or freed, Status.ALL_CLEAR, terror, "all_clear", 0.5),
        (head & mask("conflict") and not struck, Status.CONFLICT, (), "conflict", 0.6),
        (scattered, Status.CRIME, (), "few_victims", 0.6),
        (soldiers, Status.CONFLICT, (), "conflict", 0.6),
        (counted, Status.CURRENT, guns, "shooting_reported", _CERTAIN),
        (mass, Status.CURRENT, kinds, "shooting_reported", 0.8),
        (held, Status.CURRENT, terror, "attack_reported", _CERTAIN),
        (fresh and (toll or rammed or bombed or foiled), Status.CURRENT, terror, "attack_reported", _CERTAIN),
        *(((True, *aside),) if aside and not zones.lead & _HARM else ()),
        ((title or zones.lead) & mask("operation"), Status.CURRENT, terror, "operation_declared", 0.6),
        (attack and named and plain, Status.CURRENT, terror, "attack_reported", _CERTAIN),
        (attack, Status.CURRENT, terror, "attack_reported", 0.75),
        (militants, Status.CURRENT, terror, "attack_reported", 0.5),
        (head & mask("explosion"), Status.CURRENT, terror, "attack_reported", 0.5),
        (planned and not title & mask("business", "opinion"), Status.CURRENT, terror, "plot_or_warning", 0.5),
        (crowded and plain and not private, Status.CURRENT, guns, "shooting_reported", 0.8),
        ((crowded or Kind.ACTIVE_SHOOTER in kinds) and not private, Status.CURRENT, guns, "shooting_reported", 0.5),
        (seen and head & mask("gunfire"), Status.CURRENT, guns, "shooting_reported", 0.5),
        (seen and head & mask("gunman"), Status.CURRENT, armed, "advisory_reported", 0.5),
    )
    return next((Ruling(status, said, reason, sure) for holds, status, said, reason, sure in checks if holds), None)


def _aside(title: int) -> Ruling | None:
    """The ruling when a headline without victims only speaks of an attack: its trial, its survivors, the market."""
    if title & _ELSEWHERE and not title & (_SHOTS | mask("hostage", "assembly", "attack")):
        return Ruling(Status.FIGURATIVE, (), "figurative_sport", 0.5)
    if title & mask("caught") and title & _SHOTS and not title & (_ORDERS | mask("at_large", "ended")):
        return Ruling(Status.FOLLOWUP, (), "investigation_followup", 0.5)
    if title & _AFTERWARDS and not title & mask("recent", "at_large", "still", "breaking"):
        return Ruling(Status.FOLLOWUP, (), "investigation_followup", 0.5)
    if title & _TALKED_OF and not title & mask("plural_shot", "hostage", "plot", "operation", "threat", "explosion"):
        return Ruling(Status.POLICY, (), "policy", 0.5)
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
