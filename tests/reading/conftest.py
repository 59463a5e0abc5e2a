from datetime import UTC, datetime

import pytest

from streams.model import Article
from streams.reading import Reader

PUBLISHED = datetime(2022, 3, 16, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def reader():
    return Reader()


@pytest.fixture(scope="session")
def rules():
    return Reader(rules_only=True)


@pytest.fixture(scope="session")
def article():
    def make(title="", text="", *, published_at=PUBLISHED, **more):
        return Article(id="a", title=title, text=text, published_at=published_at, **more)

    return make


@pytest.fixture(scope="session")
def read(reader, article):
    def make(title="", text="", place=None, **more):
        one = article(title, text, **more)
        return reader.settle(reader.read(one, reader.scan(one)), place)

    return make
