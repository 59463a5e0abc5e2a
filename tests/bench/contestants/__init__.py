"""The programs that read the firehose in the race: each `python -m tests.bench.contestants.NAME`, settings from the
environment, ended by SIGTERM."""
