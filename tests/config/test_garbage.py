"""A process that serves pages does not look for garbage in what it has loaded."""

import subprocess
import sys


def test_what_gunicorn_serves_has_settled() -> None:
    said = "import gc, config.wsgi; print(gc.get_freeze_count() > 10_000, gc.get_threshold()[0])"
    run = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=False)
    assert run.stdout.split() == ["True", "50000"], run.stderr
