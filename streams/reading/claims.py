"""Claims: how many were killed, injured and shot, as one sentence states it.

A sentence becomes a string with one letter per token (a number, a person, a verb of harm ...), and small regular
expressions over that string read the statement: ``three police officers and one driver have been killed`` is
``NppANpbbK``. Which word has which letter is data (``data/claims.toml``); the letters are explained at
:data:`LETTERS`.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from streams.model import Bound
from streams.reading.harm import Harm
from streams.reading.people import Spelled, Speller

_PEOPLE: Final = r"(?>[NV](?:o?[pxum]{0,3}[pm](?:o[Nxd]?x{0,2}[pg])?|x?p)?)"
_OTHER_VERB: Final = r"(?![btv]{0,3}x?[ISuKD])"
"""A number before a verb of its own is of no list before it: ``kills 3, 5 injured``."""
_MORE: Final = rf"(?:(?:cA?|A|c[^sNVKDIS]{{1,7}}cA)B?{_PEOPLE}|(?<=p)(?=Nx?p){_PEOPLE})"
_LIST: Final = rf"({_PEOPLE}{_MORE}*)"
_OBJECTS: Final = rf"({_PEOPLE}{_OTHER_VERB}(?:{_MORE}{_OTHER_VERB})*)"
_ASIDE: Final = r"(?:c[^sNV]{0,6}c|co[^s]{0,8}c|(?:cA?|A)B?[NVd]?x{0,2}g)?"
_DOING: Final = rf"(?=B?[NV]o?[xpdm]{{0,4}}+{_OTHER_VERB})"
"""What follows a verb that is done to others: ``a man killed two people``, not ``a man killed, two people hurt``."""
_HAVE_DIED: Final = rf"(?:(?:K|SD|SAK|fS)(?!{_DOING})|D|SxD|Ste|SfA?|bfS)"
_SPEAKING: Final = frozenset("KDISkiehFfuTz")
"""Letters without which no rule finds anything."""
_TOTAL: Final = 3
_Rule = tuple[frozenset[str], re.Pattern[str]]
"""Letters of which a sentence has to have one, and the rule."""


def _rules(*rules: tuple[str, str]) -> tuple[_Rule, ...]:
    return tuple((frozenset(letters), re.compile(rule)) for letters, rule in rules)


_PASSIVE: Final = r"(?:x(?=[bt]))?[btv]{0,3}[xw]?"
_KILLED: Final = _rules(
    ("KDSf", rf"(?<![iI])(?<![iI]B){_LIST}{_ASIDE}{_PASSIVE}{_HAVE_DIED}(?!A?I[^N]*$)"),
    ("bv", rf"{_LIST}[^sNVKIgwq]{{0,4}}[bv][bxw]{{0,3}}(?:K|D|SD|SAK|fS)"),
    ("kKSf", rf"(?:k|(?<![bdptNV])K|(?<![bt])(?:K|SD|SAK|fS){_DOING})[tBxm]{{0,3}}{_OBJECTS}"),
    ("k", rf"k[dx]{{1,2}}o{_OBJECTS}"),
    ("L", rf"L[tBxm]{{0,3}}{_LIST}(?:D|K)"),
    ("f", rf"{_LIST}f(?!S)"),
    ("TKD", r"(?:T|o(?:p|x)?[KD]|^[KD])[^sNVI]{0,12}(?:t|x)B{0,2}([NV])(?![Ip])"),
    ("D", rf"{_LIST}L?xtxr?D"),
    ("ehFD", rf"(?:e|h|Fx|D)o{_OBJECTS}"),
    ("D", rf"(?:^|[sc])D[tBxm]{{0,3}}{_OBJECTS}"),
)
_INJURED: Final = _rules(
    ("I", rf"(?<![kK])(?<![kK]B)(?<![kK]xB)(?<!^D)(?<![sc]D){_LIST}{_ASIDE}{_PASSIVE}I"),
    ("I", rf"(?<=[^gqkbt]K)({_PEOPLE}){_PASSIVE}I(?!B?[NVd])"),
    ("bv", rf"{_LIST}[^sNVKDIgwq]{{0,4}}[bv][bx]{{0,3}}I"),
    ("iI", rf"(?:i|(?<![btpNVKD])I)[tBxm]{{0,3}}{_OBJECTS}"),
    ("u", rf"{_LIST}[btv]{{0,2}}x{{0,3}}t?d?u{{1,2}}"),
)
_SHOT: Final = _rules(
    ("S", rf"{_LIST}{_ASIDE}[^sNVKDIg]{{0,2}}[btv]{{0,3}}[xw]?S(?!te|D|AK)"),
    ("zS", rf"(?:z|(?<![btvNV])(?<!Np)S)[tB]?(?=[NV](?:x{{0,2}}p|c[NV]x?p)){_OBJECTS}"),
    ("z", rf"zoB?{_OBJECTS}"),
)
_ONE_DIED: Final = r"(?:(?:x(?=[bt]))?[btv]{0,3}[xw]?(?:K|D|SAK|SD|fS|SxD|Ste))"
_ONE_KILLED: Final = re.compile(
    rf"(?:d?x{{0,2}})(p)(?:cxc)?{_ONE_DIED}(?!A?I)|(?<![bpt])[kK](?:[dx]{{1,2}}o)?d?x{{0,3}}?(p)|(?:e|h|Fx)od?x{{0,3}}?(p)"
)
_ONE_INJURED: Final = re.compile(r"(?:^|d)x{0,2}(p)[btv]{0,3}x?I(?!A?K)")
_ONE_HIT: Final = re.compile(r"(p)[btv]{0,3}[xw]?(?<![fg])S(?!te|x?D|A?K|cK|AD|B?[NVdx]{0,2}p|B?[NVgd])")
_PARTITIVE: Final = re.compile(r"(?:[NVnpc]o|n)x?\Z")
_PAIR_KILLED: Final = re.compile(rf"d?x{{0,2}}p(?:cd?x{{1,8}}c)?Ad?x{{0,3}}p{_ONE_DIED}")
_BOTH_KILLED: Final = re.compile(rf"(p)(?:c|A)x{{0,3}}(p){_ONE_DIED}|(?:k|SD)x{{0,3}}?(p)(?:c|A)d?(p)(?!p)")
_PART_DIED: Final = re.compile(r"(P)o[xpo]?[btvxr]{0,3}(?:f|K|D)")
_SOMEONE_DIED: Final = re.compile(r"q(?:[btv]{1,3}[xw]?(?:K|SAK)|[btv]{0,3}[xw]?(?:D|SD|fS))|[^psNVqg][btv]{1,2}(w)D")
_NOBODY: Final = re.compile(r"n(?:x{1,2}o)?[xpd]{0,2}[btv]{0,3}[xw]?([KDI])(?:xd?([KDI]))?")
_NOBODY_THERE: Final = re.compile(r"([KDI])(?:A([KDI]))?x?n")
_THERE_IS_NONE: Final = "нет"
_NOT_NOBODY: Final = frozenset(
    [
        "else", "other", "others", "further", "more", "additional", "immediate", "immediately", "life-threatening",
        "serious", "major", "longer", "yet", "clear", "word", "only", "information", "details",
    ]
)  # fmt: skip
"""Between a denial and what is denied these leave room for people hurt: ``no one else``, ``no serious injuries``."""
_CASUALTIES: Final = frozenset(["casualties", "victims"])
_MULTIPLE: Final = re.compile(r"M[fx]?([Sh])|M(x)")
_OTHERS_HURT: Final = re.compile(r"N[pm](?:[btv]{0,3}x?(?:I|u|x(?=x)))")
_OTHERS: Final = frozenset(["others", "other", "more"])
_MANY: Final = frozenset(["they", "who", "all", "we", "those", "were", "are"])


_TOLL: Final = re.compile(r"(?:T|xo(?:p|x)?[KD])[^sNVI]{0,12}tB{0,2}[NV](?![Ip])")


class Claim(NamedTuple):
    """What one sentence says: counts, how exact they are, and how well it says it.

    ``hit`` is True for one person who was shot, when nothing says how it ended. Grades: 3 a running total ("the toll
    rose to nine"), 2 a plain count, 1 inferred or an addition, 0 nothing.
    """

    killed: int | None = None
    injured: int | None = None
    shot: int | None = None
    killed_bound: Bound = Bound.EXACT
    injured_bound: Bound = Bound.EXACT
    killed_grade: int = 0
    injured_grade: int = 0
    hit: bool = False


class _Count(NamedTuple):
    """A number of people, its bound, and the token that it begins at (-1 where it is inferred)."""

    number: int
    bound: Bound
    at: int
    plain: bool = True


NOTHING: Final = Claim()


class ClaimReader:
    """Reads sentences about people killed and hurt. Not to be used by two threads at once."""

    def __init__(self) -> None:
        self.speller = Speller()
        self.harm = Harm()

    def read(self, sentence: str, *, briefly: bool = False) -> Claim:
        """What ``sentence`` states about people killed, injured and shot.

        :data:`NOTHING` where it states nothing and counts nobody either; ``briefly``, also where it only counts.
        """
        spelled = self.speller.spell_with(sentence, _SPEAKING if briefly else None)
        if spelled is None:
            return NOTHING
        denials = _denials(spelled) if "n" in spelled.letters else ()
        for found in denials:
            spelled = _without(spelled, found)
        claim = self._stated(spelled)
        return _nobody(denials, spelled) if denials and claim == NOTHING else claim

    def _stated(self, spelled: Spelled) -> Claim:
        """What the sentence says of people who were killed, injured or shot."""
        aimed = spelled
        spelled = spelled._replace(letters=spelled.letters.replace("fz", "xk").replace("z", "x"))
        letters, tokens, numbers = spelled.letters, spelled.tokens, spelled.numbers
        if "N" not in letters and "V" not in letters and "M" not in letters:
            return self._one(letters, tokens)
        killed = _first(_KILLED, spelled)
        injured = _first(_INJURED, spelled)
        injured = _with_others(injured, spelled)
        shot = _first(_SHOT, aimed)
        part = _PART_DIED.search(letters) if killed is None else None
        if part is not None:
            killed = _Count(numbers[part.start()][0], Bound.EXACT, part.start())
        several = _MULTIPLE.search(letters)
        total = shot.number if shot else None
        if several is not None:
            count = numbers[several.start()][0]
            if several.group(1) == "h" and killed is None:
                killed = _Count(count, Bound.EXACT, several.start())
            elif total is None and several.group(1) == "S":
                total = count
        one = self._one(letters, tokens)
        if killed is None and one.killed is not None:
            killed = _Count(one.killed, Bound.EXACT, -1)
        if shot is not None:
            # "Six shot, one dead": who was shot and did not die was hurt; "one dead, two shot" counts them apart.
            told_after = killed is not None and killed.at >= shot.at
            hurt = shot.number - (killed.number if killed and told_after else 0)
            if hurt > (injured.number if injured else 0):
                injured = shot._replace(number=hurt)
        if injured is None and one.injured is not None:
            injured = _Count(1, Bound.EXACT, -1)
        if killed and injured and killed.at == injured.at >= 0 and shot is None:
            injured = None
        return Claim(
            killed=killed.number if killed else None,
            injured=injured.number if injured else None,
            shot=total,
            killed_bound=killed.bound if killed else Bound.EXACT,
            injured_bound=injured.bound if injured else Bound.EXACT,
            killed_grade=_TOTAL if _TOLL.search(letters) else _grade(killed, letters),
            injured_grade=_grade(injured, ""),
            hit=one.hit and killed is None and injured is None and total is None,
        )

    def _one(self, letters: str, tokens: Sequence[str]) -> Claim:
        """``a man was killed`` counts one; plural people without a number count nothing."""
        person = "p" in letters
        killed = self._lone(_ONE_KILLED, letters, tokens) if person else None
        injured = self._lone(_ONE_INJURED, letters, tokens) if person and "I" in letters else None
        if killed and (_PAIR_KILLED.search(letters) or self._both(letters, tokens)):
            killed = 2
        if killed is None and ("q" in letters or "wD" in letters):
            someone = _SOMEONE_DIED.search(letters)
            if someone is not None and tokens[someone.start()] not in _MANY:
                killed = 1
        unhurt = killed is None and injured is None
        hit = unhurt and person and "S" in letters and self._lone(_ONE_HIT, letters, tokens) is not None
        if unhurt and not hit:
            return NOTHING
        told, hurt = int(killed is not None), int(injured is not None)
        return Claim(killed=killed, injured=injured, killed_grade=told, injured_grade=hurt, hit=hit)

    def _lone(self, rule: re.Pattern[str], letters: str, tokens: Sequence[str]) -> int | None:
        """1 when ``rule`` finds one person."""
        match = rule.search(letters)
        if match is None:
            return None
        at = match.start(match.lastindex or 1)
        one = self.speller.is_one(tokens[at]) and not (at and letters[at - 1] in "NVg")
        return 1 if one else None

    def _both(self, letters: str, tokens: Sequence[str]) -> bool:
        """``Teacher, student killed``: two single people side by side, as headlines list them."""
        pair = _BOTH_KILLED.search(letters)
        if pair is None:
            return False
        groups = (1, 2) if pair.start(1) >= 0 else (3, 4)
        return all(self.speller.is_one(tokens[pair.start(n)]) for n in groups)


def _denials(spelled: Spelled) -> tuple[re.Match[str], ...]:
    """Where harm is denied: ``nobody was hurt``, ``no deaths or injuries``."""
    after = [
        found for found in _NOBODY_THERE.finditer(spelled.letters) if spelled.tokens[found.end() - 1] == _THERE_IS_NONE
    ]
    return (*_NOBODY.finditer(spelled.letters), *after)


def _without(spelled: Spelled, denial: re.Match[str]) -> Spelled:
    """``spelled`` with the verbs of ``denial`` as any words, so that no rule takes them for harm."""
    start, end = denial.span()
    letters = re.sub("[KDI]", "x", denial.group())
    return spelled._replace(letters=spelled.letters[:start] + letters + spelled.letters[end:])


def _nobody(denials: Sequence[re.Match[str]], spelled: Spelled) -> Claim:
    """``nobody was hurt`` counts nought; a denial that leaves room for some counts nothing."""
    killed = injured = None
    for found in denials:
        words = spelled.tokens[found.start() : found.end()]
        if _NOT_NOBODY.isdisjoint(words):
            denied = {letter for letter in found.groups() if letter}
            injured = 0 if "I" in denied else injured
            killed = 0 if denied & {"K", "D"} or not _CASUALTIES.isdisjoint(words) else killed
    if killed is None and injured is None:
        return NOTHING
    return Claim(
        killed=killed, injured=injured, killed_grade=int(killed is not None), injured_grade=int(injured is not None)
    )


def _grade(count: _Count | None, letters: str) -> int:
    """How well a count is told; "four more died" adds to a total that stands elsewhere."""
    if count is None:
        return 0
    return 1 if count.at < 0 or not count.plain or letters[count.at + 1 : count.at + 2] == "m" else 2


def _with_others(injured: _Count | None, spelled: Spelled) -> _Count | None:
    """``two in critical condition, four others hurt`` is six."""
    if injured is None or not injured.plain:
        return injured
    more = 0
    for found in _OTHERS_HURT.finditer(spelled.letters, injured.at + 1):
        at = found.start()
        if spelled.tokens[at + 1] in _OTHERS:
            more += spelled.numbers[at][0]
    return injured._replace(number=injured.number + more) if more else injured


def _first(rules: Sequence[_Rule], spelled: Spelled) -> _Count | None:
    """The sum and bound of the first list of people that a rule finds; one with a real number before one without."""
    letters, numbers = spelled.letters, spelled.numbers
    best: _Count | None = None
    there = set(letters)
    for needed, rule in rules:
        if needed.isdisjoint(there):
            continue
        for found in rule.finditer(letters):
            start, end = found.span(1)
            if _PARTITIVE.search(letters, max(0, start - 3), start):
                continue
            total, bound, plain = 0, Bound.EXACT, False
            for position in range(start, end):
                if letters[position] in "NV" and not (position > start and letters[position - 1] == "o"):
                    count, count_bound = numbers[position]
                    total += count
                    plain = plain or position not in spelled.single
                    bound = count_bound if count_bound is not Bound.EXACT else bound
            if best is None or (plain, best.at) > (best.plain, start):
                best = _Count(total, bound, start, plain)
            break
    return best
