"""Whatever value a worker may write validates against the schema and comes back as it was."""

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schema_files import SCHEMAS, STRUCTS, load, validator
from struct_strategies import instances

from streams.model import AlertEvent
from streams.model.versions import SCHEMA_VERSIONS

WRITTEN = [subject for subject in STRUCTS if subject != "article"]


@pytest.mark.parametrize("subject", WRITTEN)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_any_value_validates_and_round_trips(subject: str, data: st.DataObject) -> None:
    value = data.draw(instances(STRUCTS[subject]))
    wire = msgspec.json.encode(value)
    check = validator(load(SCHEMAS / subject / SCHEMA_VERSIONS[subject] / "schema.json"))
    check.validate(msgspec.json.decode(wire))
    assert msgspec.json.decode(wire, type=STRUCTS[subject]) == value


def test_a_time_without_offset_is_refused() -> None:
    sample = (SCHEMAS / "alert" / "1.0" / "samples" / "1_opened.json").read_bytes()
    naive = sample.replace(b'"2031-03-14T10:41:22Z"', b'"2031-03-14T10:41:22"')
    assert naive != sample
    with pytest.raises(msgspec.ValidationError, match="first_seen_at"):
        msgspec.json.decode(naive, type=AlertEvent)


def test_a_confidence_past_its_bound_is_read_all_the_same() -> None:
    sample = (SCHEMAS / "alert" / "1.0" / "samples" / "1_opened.json").read_bytes()
    loud = sample.replace(b'"confidence": 0.91', b'"confidence": 1.0000001')
    assert msgspec.json.decode(loud, type=AlertEvent).confidence > 1
