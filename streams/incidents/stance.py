"""Stance: what a sighting weighs beside any incident, worked out once for all of them."""

from streams.incidents.look import Told
from streams.incidents.pair import Crowd
from streams.incidents.scale import Scale


class Stance:
    """The part of the log-odds that is the same beside every incident: how crowded the place is, what stage is told.

    ``base`` counts always and ``slope`` by the lag of a pair; ``base_here`` and ``slope_here`` as well where the
    incident is of the very place. ``by_cosine`` weighs the cosine of the words at no lag.
    """

    __slots__ = ("base", "base_here", "by_cosine", "scale", "slope", "slope_here")

    def __init__(self, told: Told, crowd: Crowd, scale: Scale) -> None:
        self.scale = scale
        base, slope = told.story_for(scale)
        base = scale.bias + base
        base += crowd.recent * scale.crowd + crowd.now * scale.crowd_now + crowd.town * scale.town
        slope = scale.days + slope
        here = crowd.town * scale.town_x_same + crowd.here * scale.here_x_same
        here += crowd.here_now * scale.here_now_x_same
        slope_here = crowd.here * scale.here_x_days
        if crowd.alone:
            slope_here += scale.alone_x_days
        if told.later:
            base += scale.after
            slope += scale.after_x_days
            here += scale.after_x_same
        self.by_cosine = scale.cosine + crowd.here * scale.cosine_x_here
        self.base, self.slope = base, slope
        self.base_here, self.slope_here = here + scale.place_same, slope_here
