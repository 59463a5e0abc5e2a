"""Calm: the rules that say why alarming words are no fresh danger: drills, courts, films, hazards of nature."""

from typing import Final

from streams.model import Status
from streams.reading.cues import Zones
from streams.reading.ruling import Ruling
from streams.reading.tags import mask

_SHOTS: Final = mask("gunfire", "spree", "plural_shot", "few_shot")
_MASS: Final = mask("spree", "plural_shot")
_BOMB: Final = mask("bombing", "blast")
_ORDERS: Final = mask("lockdown", "shelter", "evacuate", "avoid")
_HARM: Final = mask("killed", "injured")
_HAZARD: Final = mask("hazard", "disease", "accident")
_CALM: Final = mask("policy", "opinion", "statistics")
_LATER: Final = mask("later")
_STRUCK: Final = _HARM | _ORDERS | mask("hostage", "at_large")
_BYGONE: Final = mask("court", "charged", "past", "later", "anniversary", "memorial")
_LOUD: Final = _HARM | _ORDERS | mask("hostage", "bombing", "level")

_TRIED: Final = mask("court", "charged")
_MANY_SHOT: Final = 4
_DRILL: Final = Ruling(Status.DRILL, (), "drill", 0.8)
_SCREEN: Final = Ruling(Status.FIGURATIVE, (), "figurative_screen", 0.8)
_GAME: Final = Ruling(Status.FIGURATIVE, (), "figurative_game", 0.8)
_GAME_ASIDE: Final = Ruling(Status.FIGURATIVE, (), "figurative_game", 0.6)
_HOAX: Final = Ruling(Status.HOAX, (), "hoax", 0.8)
_PRISON: Final = Ruling(Status.UNRELATED, (), "prison", 0.8)
_PRISON_ASIDE: Final = Ruling(Status.UNRELATED, (), "prison", 0.6)
_WARTIME: Final = Ruling(Status.OTHER_HAZARD, (), "wartime_ordnance", 0.8)
_OTHER_HAZARD: Final = Ruling(Status.OTHER_HAZARD, (), "other_hazard", 0.8)
_IDIOM: Final = Ruling(Status.FIGURATIVE, (), "figurative_idiom", 0.7)
_SPORT: Final = Ruling(Status.FIGURATIVE, (), "figurative_sport", 0.7)
_SHOW: Final = Ruling(Status.FIGURATIVE, (), "figurative_screen", 0.7)
_ANNIVERSARY: Final = Ruling(Status.HISTORIC, (), "anniversary", 0.8)
_SOLEMN: Final = mask("anniversary", "memorial")
_MASS_HARM: Final = mask("killed", "gunfire")
_COURT: Final = Ruling(Status.FOLLOWUP, (), "court_followup", 0.85)
_CHARGED: Final = Ruling(Status.FOLLOWUP, (), "court_followup", 0.7)
_MEMORIAL: Final = Ruling(Status.FOLLOWUP, (), "memorial", 0.7)
_REPORT: Final = Ruling(Status.FOLLOWUP, (), "investigation_followup", 0.7)
_OLD: Final = Ruling(Status.FOLLOWUP, (), "old_date", 0.6)
_DATED: Final = Ruling(Status.FOLLOWUP, (), "old_date", 0.8)
_POLICY: Final = Ruling(Status.POLICY, (), "policy", 0.7)


def calm(zones: Zones, danger: int, orders: int, shot: int, *, old: bool) -> Ruling | None:
    """The ruling when something in headline or lead says that this is no fresh danger; None when nothing does."""
    title, head = zones.title, zones.title | zones.lead
    report = fresh_report(zones)
    if not report or head & (_HAZARD | mask("prison", "wartime")):
        unreal = _unreal(zones, danger, orders, shot)
        if unreal is not None:
            return unreal
    # Struck again, years after: today's event opens the story, and the old one only stands in the headline.
    again = title & SERIOUS and zones.first & mask("recent") and zones.first & _MASS_HARM == _MASS_HARM
    if not old and ((report and not zones.first & _LATER) or (again and not zones.first & _BYGONE)):
        return None
    first = title or zones.lead
    # Held after an order of the same story: that is its end, not court news.
    ended = title & mask("caught") and zones.lead & _ORDERS and not title & mask("court")
    fresh = title & (_ORDERS | mask("level")) or ended or (title & mask("device") and not title & _TRIED)
    struck = shot and title & _HARM
    going_on = head & mask("breaking", "at_large", "still")
    foiled = title & mask("plot") and title & mask("caught") and not title & mask("legal")
    threat = title & mask("threat") and title & mask("terror")
    # A court may be where it happens: the headline has victims, and the story begins with today's event.
    spot = title & _STRUCK and title & SERIOUS and zones.first & mask("recent") and not zones.first & _BYGONE
    act = title & (_HARM | _BOMB | _MASS | mask("plot", "hostage", "operation"))
    return _first_that_holds(
        (first & mask("anniversary"), _ANNIVERSARY),
        (title & mask("court") and not fresh and not spot, _COURT),
        (title & mask("memorial") and not fresh and not struck, _MEMORIAL),
        (title & mask("report") and not fresh, _REPORT),
        (first & _LATER and not fresh, _OLD),
        (zones.first & _LATER and not going_on and not struck, _OLD),
        (old and not fresh, _DATED),
        (title & mask("charged") and not fresh and not foiled, _CHARGED),
        (title & _CALM and not fresh and not act and not threat, _POLICY),
    )


def fresh_report(zones: Zones) -> bool:
    """True when headline and lead together plainly report an event: what, whom, and who says so or when."""
    title, lead = zones.title, zones.lead
    told = not lead or lead & (_HARM | _SHOTS | _ORDERS | mask("official", "recent"))
    hit = title & (_SHOTS | _BOMB | mask("gunman", "ramming", "attack")) and title & (_HARM | mask("plural_shot"))
    ordered = title & mask("gunman", "device", "gunfire") and (title | lead) & _ORDERS
    solemn = title & _SOLEMN == _SOLEMN
    return bool(told and (hit or ordered) and not solemn and not title & mask("court", "charged", "drill", "opinion"))


def _unreal(zones: Zones, danger: int, orders: int, shot: int) -> Ruling | None:
    """The ruling when the alarming words are about a drill, a game, a hazard of nature or a figure of speech."""
    title, head = zones.title, zones.title | zones.lead
    first = title or zones.lead
    rehearsed = head & mask("drill") and (danger or orders) and not head & mask("anew")
    serious = danger & ~mask("threat", "explosion", "gunman", "militant")
    if not title & mask("killed"):
        serious &= ~mask("attack")
    nature = title & _HAZARD and not title & (SERIOUS | _ORDERS)
    confined = head & mask("prison") and orders and not head & mask("at_large", "gunfire", "hostage")
    # "Mass shooting at a games tournament": where it happened, not what it is about.
    shooting = title & mask("spree") or (title & mask("gunman") and title & mask("assembly"))
    scene = title & mask("gunfire") and shooting and not title & _CALM
    many = shot >= _MANY_SHOT or title & mask("plural_shot")
    loud = head & _LOUD or shot >= _MANY_SHOT
    # A gunman among players: the model has to weigh what neither word settles.
    game = _GAME_ASIDE if title & mask("gunman", "gunfire") else _GAME
    return _first_that_holds(
        (rehearsed and (first & mask("drill") or not head & _HARM or zones.drills > 1), _DRILL),
        (title & mask("fiction") and not title & (_HARM | _ORDERS | mask("gunfire", "bombing")), _SCREEN),
        (not scene and (title & mask("game") or (head & mask("game") and not head & _HARM)), game),
        (title & mask("hoax") and not zones.all & (_ORDERS | _HARM) and not many, _HOAX),
        (confined, _PRISON if title & mask("prison") else _PRISON_ASIDE),
        (head & mask("wartime") and not title & mask("terror", "gunfire"), _WARTIME),
        (head & mask("home_blast") or nature or (head & _HAZARD and not serious), _OTHER_HAZARD),
        (not loud and title & mask("figurative"), _IDIOM),
        (not loud and not scene and title & mask("sport"), _SPORT),
        (not loud and title & mask("screen"), _SHOW),
    )


SERIOUS: Final = mask(
    "gunman", "gunfire", "spree", "plural_shot", "few_shot", "bombing", "blast", "terror", "attack", "ramming",
    "hostage", "blade", "explosion", "militant", "threat", "device", "operation", "plot", "police_shooting",
)  # fmt: skip
"""Every tag of an event that could be ours."""


def _first_that_holds(*checks: tuple[object, Ruling]) -> Ruling | None:
    return next((ruling for holds, ruling in checks if holds), None)
