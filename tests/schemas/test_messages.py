"""What travels on Redis: small, readable, and never the article."""

from __future__ import annotations

import pytest

from schemas.errors import MessageError
from schemas.messages import StageMessage
from schemas.stages import Stage, State

_ID = "0123456789abcdef0123456789abcdef"


def test_a_message_survives_the_wire() -> None:
    sent = StageMessage.about(_ID, "a.example", "Ferry sinks")
    assert StageMessage.read(Stage.CLEAN, sent.model_dump(exclude_none=True)) == sent


def test_a_long_headline_is_cut_for_the_eye() -> None:
    assert len(StageMessage.about(_ID, None, "x" * 500).title or "") == 80


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"document_id": "'; DROP TABLE documents; --"},
        {"document_id": _ID, "version": 2},
        {"document_id": _ID, "content": "an article"},
        {"document_id": 7},
    ],
)
def test_a_foreign_message_is_named_as_such(fields: dict[str, object]) -> None:
    with pytest.raises(MessageError, match="message on queue clean: not a message of version 1"):
        StageMessage.read(Stage.CLEAN, fields)


def test_the_stages_lead_from_received_to_stored() -> None:
    stage: Stage | None = Stage.leading_from(State.RECEIVED)
    passed = [State.RECEIVED]
    while stage is not None:
        assert stage.before == passed[-1]
        passed.append(stage.after)
        stage = stage.following
    assert passed == [State.RECEIVED, State.CLEANED, State.EXTRACTED, State.STORED]
    assert Stage.leading_from(State.FAILED) is None
