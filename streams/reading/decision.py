"""Decision: status and kinds of an article, from what the rules and the model say.

The model weighs everything, the rules' own ruling included. Where a rule is certain by meaning (a drill in the
headline, a threat level that was changed) it stands whatever the model thinks, so that an unusual wording can neither
page nor hide.
"""

from typing import Final, NamedTuple

from streams.model import Kind, Status
from streams.reading.draft import Draft
from streams.reading.model import KINDS, STATUSES, Opinion
from streams.reading.ruling import Ruling
from streams.reading.tags import mask

THRESHOLD: Final = 0.42
"""Calibrated probability from which an article is an alert: half of the F1 that is reached, where F1 is at its best
(Lipton, Elkan and Naryanaswamy, "Optimal thresholding of classifiers to maximize F1 measure", 2014)."""
_NEVER: Final = frozenset(
    {
        "drill", "figurative_game", "figurative_screen", "anniversary", "wartime_ordnance", "other_level", "prison",
        "investigation_followup", "hoax",
        "old_date",
    }
)  # fmt: skip
_ALWAYS: Final = frozenset({"level_changed", "level_lowered", "false_alarm"})
_ALONE: Final = 0.5
"""The same where the rules see no alert: the model alone must hold it likelier than not."""
_ALWAYS_FROM: Final = 0.65
_SURE: Final = 0.8
_CERTAIN: Final = 0.9
_OVER: Final = 0.55
_GOING_ON: Final = mask("still", "at_large")
_DOUBT: Final = 0.15
_KIND: Final = 0.5
_ORDERS: Final = mask("lockdown", "shelter", "evacuate", "avoid", "device")
_MASS: Final = mask("plural_shot")
_GUNMAN: Final = mask("gunman")
_GUNFIRE: Final = mask("gunfire")
_AT_LARGE: Final = mask("at_large")
_HARM: Final = mask("killed", "injured")
_TERROR: Final = mask("ramming", "bombing", "operation")
_CALM: Final = tuple(status for status in STATUSES if not status.is_alert)


class Decision(NamedTuple):
    """What an article is. ``confidence`` is the probability that it is alertable."""

    status: Status
    kinds: tuple[Kind, ...]
    reason: str
    confidence: float


def decide(draft: Draft, opinion: Opinion | None) -> Decision:
    """Combine the ruling of the rules with the model's opinion; without one the rules decide alone."""
    ruling = draft.ruling
    ruled = ruling.status.is_alert and bool(ruling.kinds)
    if opinion is None:
        confidence = ruling.sure if ruled else 1 - ruling.sure
        return Decision(ruling.status, ruling.kinds if ruled else (), ruling.reason, confidence)
    chance = opinion.alert
    if ruling.reason in _NEVER and ruling.sure >= _SURE:
        return Decision(ruling.status, (), ruling.reason, min(chance, _DOUBT))
    certain = (ruling.reason in _ALWAYS and ruling.sure >= _ALWAYS_FROM) or (ruled and ruling.sure >= _CERTAIN)
    if certain or chance >= (THRESHOLD if ruled else _ALONE):
        kinds = _kinds(draft, ruling, opinion)
        if kinds:
            reason = ruling.reason if ruled else "model_alert"
            return Decision(
                _phase(draft, ruling, opinion), kinds, reason, max(chance, THRESHOLD) if certain else chance
            )
    return _calm(ruling, ruled, opinion, chance)


def _phase(draft: Draft, ruling: Ruling, opinion: Opinion) -> Status:
    """Current, or over: the rules' word where they have one, unless the model is sure that it is over."""
    current, clear = (opinion.statuses[STATUSES.index(status)] for status in (Status.CURRENT, Status.ALL_CLEAR))
    if ruling.status.is_alert:
        over = clear >= _OVER and ruling.sure < _CERTAIN and ruling.reason not in _ALWAYS
        return Status.ALL_CLEAR if over and not draft.zones.all & _GOING_ON else ruling.status
    return Status.ALL_CLEAR if clear > current else Status.CURRENT


def _kinds(draft: Draft, ruling: Ruling, opinion: Opinion) -> tuple[Kind, ...]:
    """The kinds the model holds likely; those the rules are sure of by words stay."""
    kept = {kind for kind, chance in zip(KINDS, opinion.kinds, strict=True) if chance >= _KIND}
    if ruling.reason in ("level_changed", "level_lowered"):
        kept.add(Kind.TERROR_ALERT)
    if Kind.TERROR_ALERT in ruling.kinds and draft.head & _TERROR:
        kept.add(Kind.TERROR_ALERT)
    if draft.zones.all & _ORDERS and Kind.LOCKDOWN_ADVISORY in ruling.kinds:
        kept.add(Kind.LOCKDOWN_ADVISORY)
    if Kind.ACTIVE_SHOOTER in ruling.kinds and (draft.head & _MASS or _under_fire(draft) or _loose(draft)):
        kept.add(Kind.ACTIVE_SHOOTER)
    if not kept:
        best = max(range(len(KINDS)), key=opinion.kinds.__getitem__)
        kept.add(KINDS[best])
    return tuple(kind for kind in KINDS if kind in kept)


def _under_fire(draft: Draft) -> bool:
    """True when headline and lead have an armed attacker, shots, and people hit."""
    head = draft.head
    return bool(head & _GUNMAN and head & _GUNFIRE and head & _HARM)


def _loose(draft: Draft) -> bool:
    """True when the headline is of a gunman at large."""
    title = draft.zones.title
    return bool(title & _GUNMAN and title & _AT_LARGE)


def _calm(ruling: Ruling, ruled: bool, opinion: Opinion, chance: float) -> Decision:
    """The likeliest status that is no alert; the rules' where they have a sure one."""
    best = max(_CALM, key=lambda status: opinion.statuses[STATUSES.index(status)])
    if ruled:
        return Decision(best, (), "model_doubt", chance)
    reason = ruling.reason if best is ruling.status else "model_calm"
    return Decision(best, (), reason, chance)
