"""Local brokers for development, tests and `tocsin up`: Apache Kafka from its jars, an embedded one from a wheel."""
