"""Policy: every number that the incidents room goes by, read from data."""

from datetime import timedelta
from importlib import resources
from pathlib import Path
from typing import Final, Self

import msgspec

from streams.model import Kind

THREAT_LEVEL: Final = "threat_level"
"""The key under ``expiry_hours`` for a threat level told without an attack."""


class PolicyError(ValueError):
    """A policy file that cannot be used; the message says what is wrong with it."""


def _hours(value: float) -> timedelta:
    return timedelta(hours=value)


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How incidents are matched, aged and told of. Durations are in hours; see ``data/policy.toml`` for each.

    ``Policy()`` has the shipped values; :meth:`load` reads a file that may set any of them anew.
    """

    lateness_hours: float = 3.0
    page_within_hours: float = 48.0
    followup_hours: float = 54.0
    memory_hours: float = 9600.0
    cleared_hours: float = 36.0
    reopen_hours: float = 36.0
    notify_budget: int = 16
    toll_step: float = 1.15
    max_contributions: int = 48
    max_absorbed: int = 1024
    max_tokens: int = 256
    max_claims: int = 64
    max_publishers: int = 200
    max_places: int = 8
    max_evidence: int = 16
    near_km: float = 40.0
    coarse_hours: float = 72.0
    match_threshold: float = 0.35
    alert_prior: float = 2.5
    expiry_hours: dict[str, float] = msgspec.field(
        default_factory=lambda: {
            Kind.ACTIVE_SHOOTER.value: 36.0,
            Kind.LOCKDOWN_ADVISORY.value: 36.0,
            Kind.TERROR_ALERT.value: 72.0,
            THREAT_LEVEL: 360.0,
        }
    )

    @classmethod
    def parse(cls, text: bytes | str) -> Self:
        """Read a policy from TOML.

        Raises:
            PolicyError: the text is no TOML, or names or types are wrong.
        """
        try:
            policy = msgspec.toml.decode(text, type=cls)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
            raise PolicyError(f"policy: {error}; see streams/incidents/data/policy.toml for every name") from error
        known = set(cls().expiry_hours)
        if set(policy.expiry_hours) != known:
            raise PolicyError(f"policy: expiry_hours must name exactly {', '.join(sorted(known))}")
        return policy

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Read a policy file, or the shipped one.

        Raises:
            PolicyError: see :meth:`parse`.
            OSError: the file cannot be read.
        """
        if path is not None:
            return cls.parse(path.read_bytes())
        return cls.parse(resources.files("streams.incidents").joinpath("data", "policy.toml").read_bytes())

    @property
    def lateness(self) -> timedelta:
        """How long after its publication news is still fresh."""
        return _hours(self.lateness_hours)

    def expiry(self, kinds: tuple[Kind, ...], *, level_only: bool) -> timedelta:
        """How long after its last danger an incident of these kinds stays open."""
        if level_only:
            return _hours(self.expiry_hours[THREAT_LEVEL])
        hours = self.expiry_hours
        return _hours(max([hours[kind] for kind in kinds], default=36.0))
