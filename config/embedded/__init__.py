"""The servers that Roundbook starts itself, in its data folder.

Here stand the addresses, which settings need and which follow from the folder's path alone; `folder.py` starts and
stops the servers. PostgreSQL and the broker are detached processes: they belong to the folder, not to whoever
started them.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Final

# The system's limit for a socket's path is 103 bytes on macOS and 107 on Linux; the longer of our names is counted.
LONGEST_SOCKET_PATH: Final = 103
LONGEST_SOCKET_NAME: Final = "/.s.PGSQL.5432"
SECRET_KEY_FILE: Final = "secret-key"


def socket_dir(data: Path) -> Path:
    """Where both servers listen: in the data folder, or under /tmp where its path is too long or not plain.

    Plain, because the path becomes part of two addresses, which every library escapes in its own way.
    """
    run = data / "run"
    is_short = len(os.fsencode(run)) + len(LONGEST_SOCKET_NAME) <= LONGEST_SOCKET_PATH
    if is_short and re.fullmatch(r"[A-Za-z0-9/._-]+", str(run)):
        return run
    # Not the temporary folder of this process: every user of the folder must come to the same place.
    return Path("/tmp") / f"roundbook-{hashlib.sha256(os.fsencode(data)).hexdigest()[:16]}"


def database_url(data: Path) -> str:
    """The address of the embedded PostgreSQL."""
    return f"postgresql://postgres@/roundbook?host={socket_dir(data)}"


def redis_url(data: Path) -> str:
    """The address of the embedded broker."""
    return f"redis+socket://{socket_dir(data)}/broker.sock"


def secret_key(data: Path) -> str:
    """The key kept in the data folder, empty where there is none yet."""
    try:
        return (data / SECRET_KEY_FILE).read_text("ascii").strip()
    except OSError:
        return ""
