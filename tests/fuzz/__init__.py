"""Fuzz: texts that nobody would write, through the whole analysis: nothing raises, nothing is slow."""
