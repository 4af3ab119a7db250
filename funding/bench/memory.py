"""How much this process grows while something is done."""

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

STATUS: Final = Path("/proc/self/status")
PEAK_RESET: Final = Path("/proc/self/clear_refs")
RESET: Final = "5"  # what has the kernel count the peak from now on


@dataclass(slots=True)
class Growth:
    """The most bytes by which the process grew; 0 as long as the block goes on."""

    bytes: int = 0


@contextmanager
def watched() -> Iterator[Growth]:
    """Measure how far the resident memory of this process rises above where it is now."""
    found = Growth()
    with suppress(OSError):
        PEAK_RESET.write_text(RESET, "ascii")
    before = _bytes("VmRSS")
    yield found
    found.bytes = max(_bytes("VmHWM") - before, 0)


def _bytes(name: str) -> int:
    """The resident memory now (`VmRSS`) or its peak (`VmHWM`), in bytes; the peak for both where only that is told."""
    try:
        lines = STATUS.read_text("ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))
    except (OSError, StopIteration):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
