"""Feed: articles from RSS, Atom and JSON feeds, for those who have no crawler. It knows no Kafka."""
