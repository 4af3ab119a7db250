"""Closed, broken and full streams, and arguments that are no text, end a command in a sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import environ_for

from tests.servers import ROOT

LINE = json.dumps({"id": "a", "text": "Acme Robotics raised $5 million in May 2022. " * 20})


def shell(words: str, tmp_path: Path) -> subprocess.CompletedProcess[bytes]:
    """What a shell makes of a command line in which `manage` is our command, and `many` a file of articles."""
    (tmp_path / "many").write_text(f"{LINE}\n" * 300, "utf-8")
    script = f"set -o pipefail\nmanage() {{ '{sys.executable}' manage.py \"$@\"; }}\nmany='{tmp_path}/many'\n{words}"
    return subprocess.run(
        ["bash", "-c", script], cwd=ROOT, env=environ_for(tmp_path / "data"), capture_output=True, timeout=60
    )


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ('manage extract "$many" - | head -1', 1, b"Standard output was closed before all was said."),
        ('manage extract "$many" - > /dev/full', 1, b"No space left on device"),
        ('manage extract "$many" /dev/full', 1, b"cannot go on with /dev/full: No space left on device"),
        ('manage extract "$many" - >&-', 0, b""),
        ("manage extract - - <&-", 0, b""),
        ("manage version > /dev/full", 1, b"Not all could be written: No space left on device."),
    ],
)
def test_a_stream_that_takes_no_more_ends_in_a_sentence(words: str, status: int, said: bytes, tmp_path: Path) -> None:
    ended = shell(words, tmp_path)
    assert said in ended.stderr
    assert b"Traceback" not in ended.stderr
    assert b"Exception ignored" not in ended.stderr
    assert ended.returncode == status


def test_an_argument_that_is_no_text_ends_in_a_sentence(tmp_path: Path) -> None:
    command = [sys.executable.encode(), b"manage.py", b"sign_in_link", b"\xff"]
    env = {os.fsencode(name): os.fsencode(value) for name, value in environ_for(tmp_path).items()}
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, timeout=90)
    assert ended.stderr.endswith(b"An argument holds bytes that are no text in UTF-8.\n")
    assert ended.returncode == 1
