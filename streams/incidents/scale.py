"""Scale: how much each feature of a pair weighs. The weights are data, learned by ``scripts/train_incidents.py``."""

import functools
from collections.abc import Sequence
from importlib import resources
from typing import Final, NamedTuple, Self

import msgspec


class Scale(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The weight of each feature in the log-odds that a pair is one event; see :func:`streams.incidents.match.weigh`.

    ``x`` in a name stands for "times": ``after_x_days`` weighs the days for what is told afterwards.
    """

    bias: float = 0.0
    place_same: float = 0.0
    place_within: float = 0.0
    place_near: float = 0.0
    place_region: float = 0.0
    place_namesake: float = 0.0
    place_apart: float = 0.0
    days: float = 0.0
    days_over_3: float = 0.0
    days_over_10: float = 0.0
    told_same_day: float = 0.0
    told_other_day: float = 0.0
    shared: float = 0.0
    shared_strong: float = 0.0
    share: float = 0.0
    no_overlap: float = 0.0
    is_copy: float = 0.0
    cosine: float = 0.0
    share_over_10: float = 0.0
    share_over_25: float = 0.0
    far_x_share: float = 0.0
    age_shared: float = 0.0
    age_clash: float = 0.0
    venue_shared: float = 0.0
    venue_clash: float = 0.0
    weapon_clash: float = 0.0
    scene_shared: float = 0.0
    scene_clash: float = 0.0
    killed_same: float = 0.0
    killed_clash: float = 0.0
    injured_same: float = 0.0
    injured_clash: float = 0.0
    publisher_same: float = 0.0
    publisher_x_within: float = 0.0
    crowd: float = 0.0
    crowd_now: float = 0.0
    town: float = 0.0
    town_x_same: float = 0.0
    here_x_same: float = 0.0
    here_now_x_same: float = 0.0
    here_x_days: float = 0.0
    alone_x_days: float = 0.0
    same_x_fresh: float = 0.0
    copy_x_same_fresh: float = 0.0
    after: float = 0.0
    after_x_days: float = 0.0
    after_x_same: float = 0.0
    alerts_x_same_fresh: float = 0.0
    alerts_x_wider_fresh: float = 0.0
    same_x_named: float = 0.0
    near_x_unnamed: float = 0.0
    near_x_known_unnamed: float = 0.0
    region_x_unnamed: float = 0.0
    apart_x_unnamed: float = 0.0
    elsewhere_named: float = 0.0
    publisher_x_same: float = 0.0
    publisher_x_near: float = 0.0
    publisher_x_days: float = 0.0
    publisher_x_fresh: float = 0.0
    newer_x_same: float = 0.0
    cosine_x_days: float = 0.0
    cosine_x_here: float = 0.0
    cosine_x_same: float = 0.0
    sought: float = 0.0
    sought_x_days: float = 0.0
    held: float = 0.0
    held_x_days: float = 0.0
    court: float = 0.0
    court_x_days: float = 0.0
    victims: float = 0.0
    victims_x_days: float = 0.0
    plain: float = 0.0
    plain_x_days: float = 0.0
    known_court: float = 0.0
    known_court_x_plain: float = 0.0

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """The scale of weights in the order of :data:`NAMES`."""
        return cls(**dict(zip(NAMES, values, strict=True)))

    def values(self) -> tuple[float, ...]:
        """The weights in the order of :data:`NAMES`."""
        return msgspec.structs.astuple(self)


NAMES: Final[tuple[str, ...]] = Scale.__struct_fields__
"""The features in their order."""


class Weights(NamedTuple):
    """The weights of articles with a body, and those of bare headlines."""

    full: Scale
    brief: Scale


class _Tables(msgspec.Struct, frozen=True):
    full: Scale
    brief: Scale


@functools.cache
def learned() -> Weights:
    """The learned weights."""
    data = resources.files("streams.incidents").joinpath("data", "match.toml").read_bytes()
    tables = msgspec.toml.decode(data, type=_Tables)
    return Weights(tables.full, tables.brief)
