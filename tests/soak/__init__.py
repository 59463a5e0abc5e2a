"""Soak: the workers at half their capacity for an hour, and whether memory, descriptors and lag stay flat."""
