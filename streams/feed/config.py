"""Configuration of the feeder: feeds and manners, read from TOML, all faults listed at once."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from streams.outlets.receivers import Url
from streams.outlets.tables import ConfigFileError, read_tables, repeated, sentences

_FROZEN: Final = ConfigDict(frozen=True, extra="forbid")


class FeedSource(BaseModel):
    """One table ``[[feeds]]``.

    ``source`` and ``language`` say who publishes and in which language (BCP 47), where the feed does not or says it
    wrong. With ``pages`` the page of each article is fetched for its text; without, the feed's own text is used.
    """

    model_config = _FROZEN

    url: Url
    source: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] | None = None
    every_s: float = Field(300.0, ge=10, le=86400)
    pages: bool = False


class FeedConfig(BaseModel):
    """The whole configuration.

    ``state`` is the file that remembers what was seen. ``contact`` is an address or mail address by which a publisher
    can reach whoever runs this: it is part of the User-Agent. Requests to one host are ``host_interval_s`` apart.
    Entries older than ``max_age_days`` are not published. Private and local addresses are only fetched from with
    ``private_hosts``: a feed must not lead into one's own network.
    """

    model_config = _FROZEN

    state: Path
    contact: Annotated[str, Field(min_length=3, max_length=200, pattern=r"^[!-~]+$")]
    host_interval_s: float = Field(2.0, ge=0, le=3600)
    timeout_s: float = Field(20.0, gt=0, le=300)
    max_bytes: int = Field(8 * 1024**2, ge=1024, le=64 * 1024**2)
    max_age_days: float = Field(3.0, gt=0, le=3650)
    remember: int = Field(200_000, ge=100, le=10_000_000)
    at_once: int = Field(8, ge=1, le=100)
    private_hosts: bool = False
    feeds: Annotated[tuple[FeedSource, ...], Field(min_length=1)]


def load_feeds(file: Path) -> FeedConfig:
    """Read the configuration in ``file``.

    Raises:
        ConfigFileError: with every fault at once.
    """
    values = read_tables(file)
    faults = list(repeated(values, "feeds", "url"))
    try:
        config = FeedConfig.model_validate(values)
    except ValidationError as error:
        faults += sentences(error, values)
    if faults:
        raise ConfigFileError(file, faults)
    return config
