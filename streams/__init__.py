"""Tocsin: from a stream of news articles to one consolidated, ever-truer alert per incident.

``ARCHITECTURE.md`` in the repository is the map of this package.
"""

__version__ = "0.1.0"
