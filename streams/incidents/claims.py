"""Claims: the ledger of who said how many, and the toll that follows from it.

The toll is a function of the set of claims, not of the order in which they came in: the same articles give the same
toll however they were shuffled.
"""

from datetime import datetime, timedelta
from typing import Final

from streams.model import Bound, Claim, Count, Reading, Toll

KILLED: Final = "killed"
INJURED: Final = "injured"
_SETTLED: Final = timedelta(hours=1)
"""An authority's lower figure counts as a correction when it comes so long after the higher one; before, it lags."""

_PREFIX: Final = {Bound.EXACT: "", Bound.AT_LEAST: "≥", Bound.AT_MOST: "≤", Bound.ABOUT: "~"}
_BOUND: Final = {prefix: bound for bound, prefix in _PREFIX.items() if prefix}


def spell(count: int, bound: Bound) -> str:
    """A count as a claim's value: ``4``, ``≥4``, ``~4``, ``≤4``."""
    return f"{_PREFIX[bound]}{count}"


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
    """The ledger with ``found`` in it: one entry per field, value and origin, the newest; at most ``limit``.

    Beyond the limit the oldest go, except those that hold an extreme of their field.
    """
    if not found:
        return ledger
    entries = {(claim.field, claim.value, claim.source): claim for claim in ledger}
    changed = False
    for claim in found:
        key = (claim.field, claim.value, claim.source)
        held = entries.get(key)
        if held is None or (held.at, held.article_id) < (claim.at, claim.article_id):
            entries[key] = claim
            changed = True
    if not changed:
        return ledger
    kept = sorted(entries.values(), key=_order)
    if len(kept) > limit:
        kept = _thin(kept, limit)
    return tuple(kept)


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
    one, or when two origins agree on it after the higher one was last said. Anything else is a report that lags.
    """
    claims = [claim for claim in ledger if claim.field == field]
    if not claims:
        return Count()
    latest, bound, since = 0, Bound.EXACT, claims[0].at
    rivals: dict[int, set[str]] = {}
    started = False
    numbers = []
    for claim in sorted(claims, key=_order):
        number, how = unspell(claim.value)
        numbers.append(number)
        if not started or (number > latest and how is not Bound.AT_MOST):
            latest, bound, since, started = number, how, claim.at, True
            rivals = {}
        elif number == latest:
            bound = how if bound is not Bound.EXACT else bound
        elif number < latest and how in (Bound.EXACT, Bound.AT_MOST):
            backers = rivals.setdefault(number, set())
            backers.add(claim.source.lstrip("!"))
            stated = claim.source.startswith("!") or (claim.firm and claim.at - since >= _SETTLED)
            if stated or len(backers) > 1:
                latest, bound, since, rivals = number, how, claim.at, {}
    return Count(latest=latest, min=min(numbers), max=max(numbers), bound=bound)
