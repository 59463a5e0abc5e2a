"""Claims: how many were killed, injured and shot, as one sentence states it.

A sentence becomes a string with one letter per token (a number, a person, a verb of harm ...), and small regular
expressions over that string read the statement: ``three police officers and one civilian have been killed`` is
``NxpANpbbK``. The letters are explained at :data:`_LETTER`.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from streams.model import Bound
from streams.reading.numbers import VAGUE, multiple, value

_TOKEN: Final = re.compile(r"\d[\d,]*(?:\.\d+)?(?:-\w+)*|[^\W\d_]+(?:[-'][^\W_]+)*|[.,;:!?$%()\"]")

_PEOPLE: Final = [
    "people",
    "person",
    "persons",
    "men",
    "man",
    "women",
    "woman",
    "children",
    "child",
    "kids",
    "kid",
    "students",
    "student",
    "officers",
    "officer",
    "police",
    "policemen",
    "policeman",
    "cops",
    "cop",
    "soldiers",
    "soldier",
    "troops",
    "civilians",
    "civilian",
    "worshippers",
    "worshipper",
    "shoppers",
    "shopper",
    "bystanders",
    "bystander",
    "pedestrians",
    "pedestrian",
    "passengers",
    "passenger",
    "tourists",
    "tourist",
    "residents",
    "villagers",
    "villager",
    "teens",
    "teen",
    "teenagers",
    "teenager",
    "boys",
    "boy",
    "girls",
    "girl",
    "others",
    "other",
    "more",
    "victims",
    "victim",
    "workers",
    "worker",
    "employees",
    "employee",
    "guards",
    "guard",
    "deputies",
    "deputy",
    "staff",
    "teachers",
    "teacher",
    "members",
    "member",
    "adults",
    "adult",
    "females",
    "female",
    "males",
    "male",
    "iraqis",
    "israelis",
    "palestinians",
    "americans",
    "american",
    "afghans",
    "pakistanis",
    "indians",
    "britons",
    "briton",
    "french",
    "germans",
    "russians",
    "kurds",
    "turks",
    "commuters",
    "protesters",
    "demonstrators",
    "recruits",
    "youths",
    "youth",
    "patrons",
    "concertgoers",
    "partygoers",
    "hostages",
    "hostage",
    "guardsmen",
    "contractors",
    "journalists",
    "journalist",
    "marines",
    "gis",
    "gi",
    "foreigners",
    "family",
    "relatives",
    "customers",
    "customer",
    "firefighters",
    "agents",
    "agent",
    "diplomats",
    "pilgrims",
    "mourners",
    "guests",
    "revellers",
    "revelers",
    "driver",
    "drivers",
    "mother",
    "father",
    "son",
    "daughter",
    "brother",
    "sister",
    "husband",
    "wife",
    "couple",
    "toddler",
    "infant",
    "baby",
    "juveniles",
    "juvenile",
    "occupants",
    "clerk",
    "owner",
    "человек",
    "человека",
    "людей",
    "полицейских",
    "полицейский",
    "полицейские",
    "мирных",
    "жителей",
    "житель",
    "гражданских",
]
_ATTACKERS: Final = [
    "gunman",
    "gunmen",
    "shooter",
    "shooters",
    "attacker",
    "attackers",
    "suspect",
    "suspects",
    "bomber",
    "bombers",
    "assailant",
    "assailants",
    "militants",
    "militant",
    "terrorists",
    "terrorist",
    "insurgents",
    "insurgent",
    "rebels",
    "rebel",
    "perpetrator",
    "perpetrators",
    "hijackers",
    "killer",
    "robber",
    "robbers",
    "guerrillas",
    "нападавших",
    "нападавший",
    "боевиков",
]

_LETTER: Final[dict[str, str]] = {}
"""Token to letter. N number, V vague number, M triple and the like, p person, g attacker, K killed, D dead, I injured,
S shot, k kills, i injures, L leaves, T toll, t reaches, b be or have, A and, c comma, B a bound, n not, o of, s end of
a clause, d a or an, f fatally, e death, u hospital or condition, h homicide, r earlier or old, x all else."""


def _letters(letter: str, words: str | Sequence[str]) -> None:
    for word in words.split() if isinstance(words, str) else words:
        _LETTER[word] = letter


_letters("p", _PEOPLE)
_letters("g", _ATTACKERS)
_letters("K", "killed slain murdered massacred executed beheaded погибли убиты убито погибло погиб убит")
_letters("D", "dead die dies died perished fatalities deaths жертвами")
_letters(
    "I",
    "injured wounded hurt maimed hospitalized hospitalised injuries casualties wounds ранены ранено пострадали пострадало ранен",
)
_letters("S", "shot")
_letters("k", "kill kills killing slays slaying murders claims claimed claiming убил")
_letters("i", "injure injures injuring wound wounds wounding hurting hurts hospitalizes hospitalizing")
_letters("L", "leave leaves leaving left")
_letters("T", "toll")
_letters("t", "to at reached reaches hits rises rose stands climbs climbed is was now до")
_letters("b", "are be been being has have had were")
_letters("A", "and plus &")
_letters("c", ",")
_letters("s", ". ; : ! ? ( )")
_letters("n", "not no never without none nobody neither")
_letters("o", "of among including whom")
_letters("d", "a an another")
_letters("f", "fatally")
_letters("e", "death")
_letters("u", "hospital hospitals condition critical critically serious seriously stable treated")
_letters("h", "homicide murder slaying homicides")
_letters("r", "earlier previous previously last ago since year years months")
_BOUNDS: Final = {
    "least": Bound.AT_LEAST, "than": Bound.AT_LEAST, "over": Bound.AT_LEAST, "nearly": Bound.ABOUT,
    "about": Bound.ABOUT, "around": Bound.ABOUT, "almost": Bound.ABOUT, "some": Bound.ABOUT,
    "approximately": Bound.ABOUT, "minimum": Bound.AT_LEAST, "lease": Bound.AT_LEAST, "менее": Bound.AT_LEAST,
}  # fmt: skip

_PEOPLE_N: Final = r"(?:[NV](?:o?[pxu]{0,3}p|x?p)?)"
_LIST: Final = rf"({_PEOPLE_N}(?:(?:cA?|A)B?{_PEOPLE_N})*)"
_KILLED: Final = tuple(
    re.compile(rule)
    for rule in (
        rf"{_LIST}(?:c[^sNV]{{0,6}}c)?[bt]{{0,3}}x?(?:K|D|SD|SxD|Ste|SAK|fS|SfA?|bfS)(?!A?I[^N]*$)",
        rf"{_LIST}[^sNVKI]{{0,4}}b(?:b|x)?(?:K|D|SD|SAK|fS)",
        rf"(?:k|(?<![bdpNV])K)[tBx]{{0,3}}{_LIST}",
        rf"L[tBx]{{0,3}}{_LIST}(?:D|K)",
        rf"{_LIST}f(?!S)",
        r"(?:T|D|K|number)[^sNVI]{0,12}(?:t|x)B{0,2}([NV])(?![Ip])",
        rf"{_LIST}L?xtxr?D",
    )
)
_INJURED: Final = tuple(
    re.compile(rule)
    for rule in (
        rf"{_LIST}(?:c[^sNV]{{0,6}}c)?[bt]{{0,3}}x{{0,1}}(?:I)",
        rf"{_LIST}[^sNVKDI]{{0,4}}b(?:b|x)?I",
        rf"(?:i|(?<![bpNVKD])I)[tBx]{{0,3}}{_LIST}",
        rf"{_LIST}[bt]{{0,2}}x{{0,3}}d?u{{1,2}}",
    )
)
_SHOT: Final = re.compile(rf"{_LIST}[^sNVKDI]{{0,2}}[bt]{{0,3}}x?S")
_ONE_KILLED: Final = re.compile(r"(d?x{0,2})(p)(?:[bt]{0,3}x?(?:K|D|SAK|SD|fS|SxD|Ste)|SD|SAK|Ste)(?!A?I)")
_ONE_INJURED: Final = re.compile(r"(?:^|d)x{0,2}(p)[bt]{0,3}x?I(?!A?K)")
_MULTIPLE: Final = re.compile(r"M[fx]?([Sh])|M(x)")


class Claim(NamedTuple):
    """What one sentence says: counts, how exact they are, and how well it says it (2 plain, 1 inferred, 0 nothing)."""

    killed: int | None = None
    injured: int | None = None
    shot: int | None = None
    killed_bound: Bound = Bound.EXACT
    injured_bound: Bound = Bound.EXACT
    killed_grade: int = 0
    injured_grade: int = 0


NOTHING: Final = Claim()


def read_claim(sentence: str) -> Claim:
    """What ``sentence`` states about people killed, injured and shot."""
    tokens = _TOKEN.findall(sentence.lower()[:500])
    letters, numbers = _spell(tokens)
    if "N" not in letters and "V" not in letters and "M" not in letters:
        return _singular(letters, tokens)
    killed = _first(_KILLED, letters, numbers)
    injured = _first(_INJURED, letters, numbers)
    shot = _first((_SHOT,), letters, numbers)
    several = _MULTIPLE.search(letters)
    total = shot[0] if shot else None
    if several is not None:
        count = numbers[several.start()][0]
        if several.group(1) == "h" and killed is None:
            killed = (count, Bound.EXACT, several.start())
        elif total is None and several.group(1) == "S":
            total = count
    one = _singular(letters, tokens)
    if killed is None and one.killed is not None:
        killed = (1, Bound.EXACT, -1)
    if (
        shot is not None
        and total is not None
        and killed is not None
        and total > killed[0] + (injured[0] if injured else 0)
    ):
        # "Six shot, one dead": who was shot and did not die was hurt.
        injured = (total - killed[0], shot[1], shot[2])
    elif injured is None and shot is not None and killed is None:
        injured = (shot[0], shot[1], shot[2])
    if injured is None and one.injured is not None:
        injured = (1, Bound.EXACT, -1)
    if killed and injured and killed[2] == injured[2] and killed[2] >= 0:
        injured = None
    return Claim(
        killed=killed[0] if killed else None,
        injured=injured[0] if injured else None,
        shot=total,
        killed_bound=killed[1] if killed else Bound.EXACT,
        injured_bound=injured[1] if injured else Bound.EXACT,
        killed_grade=0 if killed is None else 1 if killed[2] < 0 else 2,
        injured_grade=0 if injured is None else 1 if injured[2] < 0 else 2,
    )


def _spell(tokens: Sequence[str]) -> tuple[str, dict[int, tuple[int, Bound]]]:
    """One letter per token, and the value and bound of each number by its position."""
    letters: list[str] = []
    numbers: dict[int, tuple[int, Bound]] = {}
    bound = Bound.EXACT
    for position, token in enumerate(tokens):
        letter = _LETTER.get(token)
        if letter is None:
            letter, bound = _number(token, tokens, position, bound, numbers)
        elif letter in "sc":
            bound = Bound.EXACT
        letters.append(letter)
    return "".join(letters), numbers


def _number(
    token: str, tokens: Sequence[str], position: int, bound: Bound, numbers: dict[int, tuple[int, Bound]]
) -> tuple[str, Bound]:
    """The letter of a token that is in no list, noting its value where it is a number of people."""
    if token in _BOUNDS:
        return "B", _BOUNDS[token]
    if token in VAGUE:
        numbers[position] = (VAGUE[token], Bound.AT_LEAST)
        return "V", Bound.EXACT
    count = multiple(token)
    if count is not None:
        numbers[position] = (count, Bound.EXACT)
        return "M", Bound.EXACT
    count = value(token)
    if count is None or (position and tokens[position - 1] in _NOT_BEFORE) or _follows(tokens, position):
        return ("x", bound)
    numbers[position] = (count, bound)
    return "N", Bound.EXACT


_NOT_BEFORE: Final = frozenset(["$", "age", "aged", "no", "number", "room", "route", "highway", "flight", "gate", "district", "channel", "june", "july", "august", "january", "february", "march", "april", "may", "september", "october", "november", "december", "not"])  # fmt: skip
_NOT_AFTER: Final = frozenset(
    [
        "year",
        "years",
        "month",
        "months",
        "week",
        "weeks",
        "day",
        "days",
        "hours",
        "hour",
        "minutes",
        "minute",
        "miles",
        "mile",
        "percent",
        "per",
        "%",
        "a.m",
        "p.m",
        "am",
        "pm",
        "o'clock",
        "block",
        "blocks",
        "times",
        "shots",
        "rounds",
        "bullets",
        "million",
        "billion",
        "feet",
        "yards",
        "metres",
        "meters",
        "km",
        "kilometers",
        "kilometres",
        "points",
        "caliber",
        "calibre",
        "mm",
        "street",
        "avenue",
        "st",
        "th",
        "nd",
        "rd",
        "separate",
        "incidents",
        "attacks",
        "bombings",
        "shootings",
        "explosions",
        "blasts",
        "bombs",
        "guns",
    ]
)


def _follows(tokens: Sequence[str], position: int) -> bool:
    following = tokens[position + 1] if position + 1 < len(tokens) else ""
    if following in _NOT_AFTER:
        return True
    if following in ("a", "p") and tokens[position + 2 : position + 4] == [".", "m"]:
        return True
    return (
        following == "of" and position + 2 < len(tokens) and tokens[position + 2] in ("them", "whom", "those", "these")
    )


def _first(
    rules: Sequence[re.Pattern[str]], letters: str, numbers: dict[int, tuple[int, Bound]]
) -> tuple[int, Bound, int] | None:
    """The sum and bound of the first list of numbers that a rule finds, and where it stands."""
    best: tuple[int, Bound, int] | None = None
    for rule in rules:
        for found in rule.finditer(letters):
            start, end = found.span(1)
            if letters[max(0, start - 2) : start].endswith(("n", "o", "ox", "no")):
                continue
            total, bound = 0, Bound.EXACT
            for position in range(start, end):
                if letters[position] in "NV":
                    count, count_bound = numbers[position]
                    total += count
                    bound = count_bound if count_bound is not Bound.EXACT else bound
            if best is None or found.start() < best[2]:
                best = (total, bound, start)
            break
    return best


def _singular(letters: str, tokens: Sequence[str]) -> Claim:
    """``a man was killed`` counts one; plural people without a number count nothing."""
    killed = injured = None
    for rule in (_ONE_KILLED, _ONE_INJURED):
        found = rule.search(letters)
        if found is None:
            continue
        at = found.start(2) if rule is _ONE_KILLED else found.start(1)
        word = tokens[at]
        if word not in _SINGULAR or (at and letters[at - 1] in "NVg"):
            continue
        if rule is _ONE_KILLED:
            killed = 1
        else:
            injured = 1
    return Claim(
        killed=killed, injured=injured, killed_grade=int(killed is not None), injured_grade=int(injured is not None)
    )


_SINGULAR: Final = frozenset(
    [
        "person",
        "man",
        "woman",
        "child",
        "kid",
        "student",
        "officer",
        "policeman",
        "cop",
        "soldier",
        "civilian",
        "worshipper",
        "shopper",
        "bystander",
        "pedestrian",
        "passenger",
        "tourist",
        "villager",
        "teen",
        "teenager",
        "boy",
        "girl",
        "victim",
        "worker",
        "employee",
        "guard",
        "deputy",
        "teacher",
        "female",
        "male",
        "american",
        "briton",
        "hostage",
        "journalist",
        "driver",
        "mother",
        "father",
        "son",
        "daughter",
        "brother",
        "sister",
        "husband",
        "wife",
        "toddler",
        "infant",
        "baby",
        "clerk",
        "owner",
    ]
)
