"""Told: sightings of the articles of alerts, placed in the town that each was written about, with no place looked up:
so what folds them is measured alone, and the same whatever the places room finds."""

from streams.incidents.sightings import sight
from streams.model import Place, Placing, Precision, Sighting, decode_article
from streams.reading import Reader
from tests.bench.prose import City, Made


def told(reader: Reader, made: Made) -> Sighting | None:
    """The sighting of an article; None where the reader takes it for no alert."""
    article = decode_article(made.record)
    reading = reader.read(article, reader.scan(article))
    placing = Placing(place=_place(made.city), reason="headline")
    return sight(article, reading, placing)[0] if reading.alertable else None


def _place(city: City) -> Place:
    return Place(
        name=city.name,
        admin1_code=city.admin1,
        country=city.country,
        country_code=city.country_code,
        lat=city.lat,
        lon=city.lon,
        precision=Precision.CITY,
        geoname_id=city.geoname_id,
    )
