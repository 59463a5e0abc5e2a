"""Tags: what a lexicon phrase can mean, each a bit, so that a sentence's meaning is one integer.

Lexicon files name tags in lower case; a name that is not here is refused when they are loaded. Adding a tag at the
end keeps the bits, and with them the trained weights, of the others.
"""

from functools import cache
from typing import Final

NAMES: Final = (
    # What happened or threatens: the events that can page.
    "gunman",  # an armed attacker, active or sought
    "gunfire",  # shots, shooting
    "spree",  # a mass or rampage shooting by its name
    "blast",  # a bomb or a blast that nobody explains
    "bombing",  # surely a bomb attack
    "explosion",  # a blast of unknown cause
    "terror",  # terrorism by name
    "militant",  # an armed group by name or kind
    "attack",  # an attack of any kind
    "ramming",  # a vehicle used as a weapon
    "hostage",  # people held
    "blade",  # stabbing
    "operation",  # a counter-terrorism operation or raid
    "plot",  # an attack planned or foiled
    "threat",  # a threat or warning
    "level",  # a threat level or alert by name
    "device",  # suspicious packages, bomb threats, powder
    # What people are told to do.
    "lockdown",
    "shelter",
    "evacuate",
    "avoid",
    "cordon",
    # The end.
    "clear",  # all clear, lifted, over
    "caught",  # the attacker is held
    "attacker_dead",
    "at_large",
    # Harm.
    "killed",
    "injured",
    "victims",
    # How it is told.
    "negated",
    "modal",
    "official",
    "unconfirmed",
    "breaking",
    "past",  # long ago
    "recent",  # the last two days
    "anniversary",
    "memorial",
    "court",
    "investigation",
    "charged",
    # What else it may be.
    "drill",
    "hoax",
    "policy",
    "opinion",
    "statistics",
    "conflict",
    "hazard",
    "disease",
    "accident",
    "sport",
    "screen",  # film, television, music, books, celebrities
    "game",
    "business",
    "figurative",  # an idiom around an alarming word
    "crime",
    "police_shooting",
    "suicide",
    "domestic",
    "prison",
    "travel",
    "place_public",  # school, mall, church, street crowd
    "readiness",  # a police preparedness level, or a level of something else
    "plural_shot",  # four or more people shot, by words
    "cancel",  # an idiom that takes the alarming words inside it away
    "person",
    "few_shot",
    "level_up",
    "level_down",
    "level_kept",
    "anew",  # turns a drill or a false alarm into the real thing
    "wartime",  # old ordnance
    "elsewhere",  # somebody else's event: a travel warning, a reaction abroad
    "legal",  # words of law that do not by themselves make court news
    "scattered",  # several separate events counted together
    "still",  # the danger or the order goes on
    "home_blast",  # explosions with an innocent subject
    "ended",  # the order itself is said to be over
    "later",  # days, weeks or months after the event
    "fiction",  # a work of fiction as the subject
    "report",  # a report or inquiry as the news
    "assembly",  # a place where many people gather: school, mall, church
    "toll",  # the number of victims is itself the news
)
BIT: Final = {name: 1 << position for position, name in enumerate(NAMES)}


@cache
def mask(*names: str) -> int:
    """The union of the bits of ``names``."""
    total = 0
    for name in names:
        total |= BIT[name]
    return total


def names_of(bits: int) -> tuple[str, ...]:
    """The tags in ``bits``, in the order of :data:`NAMES`."""
    names: list[str] = []
    while bits:
        lowest = bits & -bits
        names.append(NAMES[lowest.bit_length() - 1])
        bits ^= lowest
    return tuple(names)
