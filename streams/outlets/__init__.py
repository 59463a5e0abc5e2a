"""Outlets: alerts on their way to people: routes, quiet hours, payloads and delivery. They know no Kafka."""
