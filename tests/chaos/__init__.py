"""Chaos: machines die on purpose under a steady load, and an independent checker reads what the topics hold then."""
