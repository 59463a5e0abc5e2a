"""The only rooms that know Kafka: triage, consolidation, topics, dead letters, producing and watching."""
