"""Membership: the Faust app of a consolidator, configured from the settings."""

from pathlib import Path
from typing import Any

import faust
from faust.auth import SASLCredentials, SSLCredentials
from yarl import URL

from streams.settings import Settings
from streams.workers.connection import client_options
from streams.workers.guard import GuardedApp
from streams.workers.lease import Lease

STREAM_BUFFER = 1024
"""Sightings that Faust reads ahead."""

REBALANCE_S = 60.0


def write_timeout_s(settings: Settings) -> float:
    """How long a write of the consolidator may take before it is given up: a third of the session timeout."""
    return settings.kafka_session_timeout_s / 3


def new_app(settings: Settings, folder: Path) -> GuardedApp:
    """The Faust app of one member of the consolidator's group. Not started; ``folder`` is for Faust's own files.

    Raises:
        ConnectionSettingsError: the settings do not lead to a broker.
    """
    session_s = settings.kafka_session_timeout_s
    rebalance_s = max(REBALANCE_S, session_s)
    options = client_options(settings)
    return GuardedApp(
        settings.group_consolidate,
        # What is written at the last moment of the lease still has its time until someone else may write.
        lease=Lease(session_s - write_timeout_s(settings), rebalance_s - write_timeout_s(settings)),
        broker=[URL(f"aiokafka://{address.strip()}") for address in options["bootstrap_servers"].split(",")],
        broker_credentials=_credentials(options),
        broker_client_id=settings.kafka_client_id,
        broker_commit_interval=settings.commit_interval_s,
        broker_session_timeout=session_s,
        broker_heartbeat_interval=max(0.1, session_s / 10),
        broker_rebalance_timeout=rebalance_s,
        broker_request_timeout=max(settings.kafka_request_timeout_s, session_s + 5.0),
        consumer_group_instance_id=settings.instance_id,
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=30_000,
        producer_acks=-1,
        producer_request_timeout=settings.kafka_request_timeout_s,
        processing_guarantee="at_least_once",
        store="memory://",
        key_serializer="raw",
        value_serializer="raw",
        stream_publish_on_commit=False,
        stream_buffer_maxsize=STREAM_BUFFER,
        stream_wait_empty=True,
        table_standby_replicas=0,
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication_factor,
        topic_disable_leader=True,
        web_enabled=False,
        web_tables_enabled=False,
        datadir=folder,
        autodiscover=False,
    )


def _credentials(options: dict[str, Any]) -> faust.types.auth.CredentialsT | None:
    context = options["ssl_context"]
    if options["security_protocol"].startswith("SASL"):
        return SASLCredentials(
            username=options["sasl_plain_username"],
            password=options["sasl_plain_password"],
            ssl_context=context,
            mechanism=options["sasl_mechanism"],
        )
    return SSLCredentials(context) if context is not None else None
