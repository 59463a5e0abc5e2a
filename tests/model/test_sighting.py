"""Where a sighting goes: all that may be one incident must reach one worker."""

from datetime import UTC, datetime

import pytest

from streams.model import UNPLACED, ArticleRef, Place, Precision, Reading, Sighting

NOWHERE = Place(name="the ferry Aurinko", precision=Precision.POINT)
FINLAND = Place(name="Finland", country_code="FI", precision=Precision.COUNTRY)


@pytest.mark.parametrize(("place", "key"), [(None, UNPLACED), (NOWHERE, UNPLACED), (FINLAND, "FI")])
def test_partition_key_is_the_country(place: Place | None, key: str) -> None:
    sighting = Sighting(
        id="gull-1",
        article=ArticleRef(article_id="gull-1"),
        reading=Reading(),
        place=place,
        seen_at=datetime(2031, 3, 14, tzinfo=UTC),
    )
    assert sighting.partition_key == key
