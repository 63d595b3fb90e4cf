"""Log lines: one JSON object each, whatever is in it."""

import json

import pytest

from shared.platform.logs import log, where


def test_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    log("INFO", "request", path='/a\r\n}{"severity":"ERROR"}\x1b[31m', status=200)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1
    written = json.loads(lines[0])
    assert (written["severity"], written["message"], written["status"]) == ("INFO", "request", 200)
    assert written["path"] == '/a\r\n}{"severity":"ERROR"}\x1b[31m'
    assert written["time"].endswith("Z")


def test_what_json_does_not_know_is_written_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    log("INFO", "odd", value={1})
    assert json.loads(capsys.readouterr().out)["value"] == "{1}"


def test_a_failure_is_told_by_its_place_never_by_its_values() -> None:
    def fail(secret: str) -> None:
        raise ValueError(f"wrong: {secret}")

    with pytest.raises(ValueError, match="wrong") as caught:
        fail("hunter2")
    told = where(caught.value)
    assert told[0] == "ValueError"
    assert told[-1].startswith("test_logs.py:")
    assert "hunter2" not in str(told)
