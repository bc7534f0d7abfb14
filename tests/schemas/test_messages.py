"""What travels on Redis: small, readable, and never the article."""

from __future__ import annotations

import pytest

from schemas import messages
from schemas.errors import MessageError
from schemas.messages import StageMessage
from schemas.stages import Stage, State

_ID = "0123456789abcdef0123456789abcdef"


def test_a_message_survives_the_wire() -> None:
    sent = StageMessage.about(_ID, "a.example", "Ferry sinks")
    assert StageMessage.read(Stage.CLEAN, sent.model_dump(exclude_none=True)) == sent


def test_a_long_headline_or_source_is_cut_for_the_eye() -> None:
    message = StageMessage.about(_ID, "y" * 500, "x" * 500)
    assert [len(message.title or ""), len(message.source or "")] == [80, 80]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"document_id": "'; DROP TABLE documents; --"},
        {"document_id": _ID},
        {"document_id": _ID, "version": 0},
        {"document_id": _ID, "version": "2"},
        {"document_id": _ID, "version": [1]},
        {"version": 1, "document_id": _ID, "content": "an article"},
        {"version": 1, "document_id": 7},
    ],
)
def test_a_foreign_message_is_named_as_such(fields: dict[str, object]) -> None:
    with pytest.raises(MessageError, match="message on queue clean: not a message of version 1"):
        StageMessage.read(Stage.CLEAN, fields)


def test_a_message_of_an_earlier_version_is_brought_to_the_present_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(messages.UPGRADES, -1, lambda fields: {"id": fields["number"]})
    monkeypatch.setitem(messages.UPGRADES, 0, lambda fields: {"document_id": fields["id"]})
    read = StageMessage.read(Stage.CLEAN, {"version": -1, "number": _ID})
    assert read == StageMessage(document_id=_ID)
    with pytest.raises(MessageError, match=r"not a message of version 1 \(KeyError in bringing it to this version\)"):
        StageMessage.read(Stage.CLEAN, {"version": 0, "number": _ID})


def test_a_message_of_a_later_version_asks_for_an_upgrade() -> None:
    with pytest.raises(MessageError, match="of version 2, and this program reads version 1 and those before; upgrade"):
        StageMessage.read(Stage.CLEAN, {"version": 2, "document_id": _ID, "priority": "high"})


def test_every_version_before_the_present_one_can_be_read() -> None:
    assert sorted(messages.UPGRADES) == list(range(1, messages.VERSION))


def test_the_stages_lead_from_received_to_stored() -> None:
    stage: Stage | None = next(iter(Stage))
    passed = [State.RECEIVED]
    while stage is not None:
        assert stage.before == passed[-1]
        passed.append(stage.after)
        stage = stage.following
    assert passed == [State.RECEIVED, State.CLEANED, State.EXTRACTED, State.STORED]
