"""Claims: the ledger of who said how many, and the toll that follows from it.

The toll is a function of the set of claims, not of the order in which they came in: the same articles give the same
toll however they were shuffled.
"""

import bisect
import functools
from datetime import UTC, datetime, timedelta
from typing import Final

from streams.model import Bound, Claim, Count, Reading, Toll

KILLED: Final = "killed"
INJURED: Final = "injured"
_SETTLED: Final = timedelta(hours=1)
"""An authority's lower figure counts as a correction when it comes so long after the higher one; before, it lags."""

_WITNESSES: Final = 3
_NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)

_PREFIX: Final = {Bound.EXACT: "", Bound.AT_LEAST: "≥", Bound.AT_MOST: "≤", Bound.ABOUT: "~"}
_BOUND: Final = {prefix: bound for bound, prefix in _PREFIX.items() if prefix}


def spell(count: int, bound: Bound) -> str:
    """A count as a claim's value: ``4``, ``≥4``, ``~4``, ``≤4``."""
    return f"{_PREFIX[bound]}{count}"


@functools.lru_cache(maxsize=4096)
def unspell(value: str) -> tuple[int, Bound]:
    """The count and bound of a claim's value."""
    bound = _BOUND.get(value[:1])
    return (int(value), Bound.EXACT) if bound is None else (int(value[1:]), bound)


def claims_of(reading: Reading, at: datetime, article_id: str, origin: str, *, corrects: bool) -> tuple[Claim, ...]:
    """The toll claims of one reading."""
    told = reading.casualties
    found = []
    for field, count, bound in (
        (KILLED, told.killed, told.killed_bound),
        (INJURED, told.injured, told.injured_bound),
    ):
        if count is not None and count >= 0:
            found.append(
                Claim(
                    field=field,
                    value=spell(count, bound),
                    at=at,
                    article_id=article_id,
                    source="!" + origin if corrects else origin,
                    firm=corrects or reading.official,
                )
            )
    return tuple(found)


def record(ledger: tuple[Claim, ...], found: tuple[Claim, ...], limit: int) -> tuple[Claim, ...]:
    """The ledger with ``found`` in it: of each field and value the earliest claims of three origins; at most ``limit``.

    Beyond the limit the oldest go, except those that hold an extreme of their field.
    """
    if not found:
        return ledger
    kept: list[Claim] | None = None
    for claim in found:
        field, value = claim.field, claim.value
        like = [one for one in kept or ledger if one.value == value and one.field == field]
        if len(like) >= _WITNESSES and not any(_order(claim) < _order(one) for one in like):
            continue
        own = next((one for one in like if one.source == claim.source), None)
        if own is not None and _order(own) <= _order(claim):
            continue
        kept = list(ledger) if kept is None else kept
        if own is not None:
            kept.remove(own)
        elif len(like) >= _WITNESSES:
            kept.remove(max(like, key=_order))
        bisect.insort(kept, claim, key=_order)
    if kept is None:
        return ledger
    return tuple(_thin(kept, limit) if len(kept) > limit else kept)


def _order(claim: Claim) -> tuple[datetime, str, str, str]:
    return (claim.at, claim.article_id, claim.field, claim.value)


def _thin(claims: list[Claim], limit: int) -> list[Claim]:
    extremes = set()
    for field in (KILLED, INJURED):
        numbers = [(unspell(claim.value)[0], index) for index, claim in enumerate(claims) if claim.field == field]
        if numbers:
            extremes |= {min(numbers)[1], max(numbers)[1]}
    excess = len(claims) - limit
    kept = []
    for index, claim in enumerate(claims):
        if excess > 0 and index not in extremes:
            excess -= 1
        else:
            kept.append(claim)
    return kept


def toll_of(ledger: tuple[Claim, ...]) -> Toll:
    """The toll that the ledger's claims come to."""
    return Toll(killed=_count(ledger, KILLED), injured=_count(ledger, INJURED))


def _count(ledger: tuple[Claim, ...], field: str) -> Count:
    """The latest count: higher claims win as they come; a lower one only as a correction.

    A lower exact claim is a correction when the article says so, when an authority gives it well after the higher
    one, or when two origins agree on it after the higher one was last raised. Anything else is a report that lags, as
    is one that repeats the figure that was corrected. Who gives a lower figure after the latest one is in conflict
    with it until it comes round.
    """
    latest, bound, since = -1, Bound.EXACT, _NEVER
    withdrawn: set[int] = set()
    rivals: dict[int, set[str]] = {}
    against: set[str] = set()
    numbers = []
    for claim in ledger:
        if claim.field != field:
            continue
        number, how = unspell(claim.value)
        numbers.append(number)
        if number > latest:
            if latest >= 0 and (how is Bound.AT_MOST or number in withdrawn):
                continue
            latest, bound, since, rivals, against = number, how, claim.at, {}, set()
        elif number == latest:
            bound = how if bound is not Bound.EXACT else bound
            against.discard(claim.source.lstrip("!"))
        elif how in (Bound.EXACT, Bound.AT_MOST):
            origin = claim.source.lstrip("!")
            backers = rivals.setdefault(number, set())
            backers.add(origin)
            against.add(origin)
            stated = origin != claim.source or (claim.firm and claim.at - since >= _SETTLED)
            if stated or len(backers) > 1:
                withdrawn.add(latest)
                latest, bound, since, rivals, against = number, how, claim.at, {}, set()
    if not numbers:
        return Count()
    return Count(latest=latest, min=min(numbers), max=max(numbers), bound=bound, conflict=bool(against))
