"""Speed, measured side by side in one run on one broker: `make bench`, or `python -m tests.bench --help`."""
