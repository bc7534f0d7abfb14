"""Foreign and malformed messages on our queues: each ends as a failure that tells what came, and the worker goes on."""

from __future__ import annotations

import base64
import json
import pickle
from pathlib import Path
from typing import Any

import psutil
import pytest

from schemas.documents import storable
from schemas.messages import StageMessage
from schemas.stages import Stage
from tests.integration.articles import write_articles
from tests.integration.program import CELERY, ROOT, broker_of, documents, environment, export, service, until, wireroom
from workers.queue.app import app
from workers.queue.broker import connect
from workers.queue.queues import SWEEP
from workers.queue.sending import send

_WORKER = [*CELERY, "worker", "-l", "INFO", "-c", "1", "--without-mingle", "--without-gossip"]

_ID = "0123456789abcdef0123456789abcdef"


def _ours(stage: str = "clean", body: Any = None, **changes: Any) -> dict[str, Any]:
    """A message as we send it, but for the changes."""
    fields = [[], {"version": 1, "document_id": _ID}, {"callbacks": None, "errbacks": None, "chain": None}]
    return {
        "body": base64.b64encode(json.dumps(fields if body is None else body).encode()).decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"lang": "py", "task": stage, "id": "a-task", "retries": 0, "timelimit": [None, None]},
        "properties": {
            "delivery_tag": "a-tag",
            "delivery_info": {"exchange": stage, "routing_key": stage},
            "body_encoding": "base64",
        },
    } | changes


def _changed(part: str, **changes: Any) -> dict[str, Any]:
    message = _ours()
    return message | {part: message[part] | changes}


def _without(part: str, name: str) -> dict[str, Any]:
    message = _ours()
    return message | {part: {key: value for key, value in message[part].items() if key != name}}


_PICKLE = base64.b64encode(pickle.dumps(([], {"document_id": _ID}, {}))).decode()

# What arrives, and what the failure says of it.
_FOREIGN: list[tuple[Any, str]] = [
    (b"hello", "it is not valid JSON"),
    (b"\xff\xfe\x00\x80", "it is not valid JSON"),
    (b"", "it is not valid JSON"),
    (b"[" * 50_000, "it is not valid JSON"),
    (b"[1, 2, 3]", "message: Input should be a valid dictionary"),
    (b'{"__type__": "datetime", "__value__": "never"}', "body: Field required"),
    (b'"a text"', "message: Input should be"),
    ({}, "body: Field required"),
    (_ours(headers=None), "headers: Input should be"),
    (_without("headers", "task"), "headers.task: Field required"),
    (_without("headers", "id"), "headers.id: Field required"),
    (_without("properties", "delivery_tag"), "properties.delivery_tag: Field required"),
    (_without("properties", "delivery_info"), "properties.delivery_info: Field required"),
    (_changed("properties", body_encoding="rot13"), "properties.body_encoding"),
    (_changed("headers", task="os.system"), "unknown task 'os.system'"),
    (_changed("headers", task="extract"), "unknown task 'extract'"),
    (_changed("headers", eta="tomorrow"), "headers.eta"),
    (_changed("headers", timelimit="long"), "headers.timelimit"),
    (_changed("headers", compression="gzip"), "headers.compression"),
    (_ours() | {"content-type": "application/x-python-serialize", "body": _PICKLE}, "content-type"),
    (_ours() | {"body": _PICKLE}, "it is not valid JSON"),
    (_ours() | {"content-type": "application/x-yaml"}, "content-type"),
    (_ours() | {"content-encoding": "utf-7"}, "content-encoding"),
    (_ours() | {"body": "%%% no base64 %%%"}, "it is not valid JSON"),
    (_ours() | {"body": base64.b64encode(b"\xff\xfe").decode()}, "it is not valid JSON"),
    (_ours(body={"document_id": _ID}), "its body is not positional arguments"),
    (_ours(body=[[], [], {}]), "its body is not positional arguments"),
    (_ours(body=[[], {}, {"callbacks": [{"task": "clean"}]}]), "it asks for other tasks to be run"),
    (_changed("headers", argsrepr="x" * 100_000), "of 65,536 allowed"),
]

# What is of our form, and means nothing to the task.
_MEANINGLESS: list[tuple[Any, str]] = [
    (_ours(body=[["by place"], {"version": 1, "document_id": _ID}, {}]), "arguments: Extra inputs"),
    (_ours(body=[[], {"order": 66}, {}]), "document_id: Field required"),
    (_ours(body=[[], {"version": 1, "document_id": "../etc/passwd"}, {}]), "document_id: String should match"),
    (_ours(body=[[], {"version": "one", "document_id": _ID}, {}]), "version: Input should be 1"),
    (_ours(body=[[], {"document_id": _ID}, {}]), "version: Input should be 1"),
    (_ours(body=[[], {"version": 2, "document_id": _ID}, {}]), "upgrade its worker"),
    (_ours(), f"document {_ID} is not in"),
]


def _raw(message: Any) -> bytes:
    return message if isinstance(message, bytes) else json.dumps(message).encode()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_is_kept_as_a_failure_and_the_worker_goes_on(database_url: str, tmp_path: Path) -> None:
    env, log = environment(database_url, WIREROOM_DATA=str(tmp_path / "data")), tmp_path / "worker.log"
    sent = [*_FOREIGN, *_MEANINGLESS]
    with service(_WORKER, env, log) as worker:
        until(lambda: "ready." in log.read_text(), "the worker")
        with broker_of(tmp_path) as broker:
            for message, _ in sent:
                broker.lpush("clean", _raw(message))
            broker.lpush(SWEEP, _raw(_ours("clean")))
            broker.lpush("dedupe\x06\x163", b"of another priority")
        assert wireroom(env, "ingest", write_articles(tmp_path / "in", 2)).returncode == 0
        until(lambda: documents(env)["stored"] == 2, "the articles behind them")
        until(lambda: len(export(env, "failures")) == len(sent) + 2, "a failure each")
        assert worker.poll() is None
        files = [file.path for file in psutil.Process(worker.pid).open_files()]
        assert not [path for path in files if "sqlite" in path], "a connection would cross the next fork"
    failures = export(env, "failures")
    assert {failure["error_type"] for failure in failures} == {"MessageError"}
    assert {failure["document_id"] for failure in failures} == {None}
    by_queue = {stage: [f for f in failures if f["stage"] == stage] for stage in ("clean", SWEEP, "dedupe")}
    assert [len(by_queue[SWEEP]), len(by_queue["dedupe"])] == [1, 1]
    for (message, says), failure in zip(_FOREIGN, by_queue["clean"], strict=False):
        assert says in failure["error"], message
        assert failure["error"].startswith("message on queue clean: not a Wireroom message: ")
        assert failure["payload"]["bytes"] == len(_raw(message))
        assert failure["payload"]["message"] == storable(_raw(message)[:4000].decode(errors="backslashreplace"))
    for (_, says), failure in zip(_MEANINGLESS, by_queue["clean"][len(_FOREIGN) :], strict=True):
        assert says in failure["error"]
    assert log.read_text().count("ready.") == 1, "it was not started again"
    assert "Traceback" not in log.read_text()


def _sent(broker: str, stage: Stage) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(connect(broker).lrange(stage.value, 0, 0)[0])
    return message


@pytest.mark.usefixtures("tables")
def test_no_pickle_is_written_or_read(broker: str) -> None:
    conf = app().conf
    assert set(conf.accept_content) == {"json"}
    assert {conf.task_serializer, conf.result_serializer, conf.event_serializer} == {"json"}
    send([(Stage.CLEAN, StageMessage(document_id=_ID))])
    message = _sent(broker, Stage.CLEAN)
    assert message["content-type"] == "application/json"
    assert json.loads(base64.b64decode(message["body"]))[1]["document_id"] == _ID
    sources = [file for floor in ("schemas", "pipeline", "workers") for file in (ROOT / floor).rglob("*.py")]
    assert sources
    assert not [file for file in sources if "import pickle" in file.read_text(encoding="utf-8")]
