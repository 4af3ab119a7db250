"""The search for garbage in a process that serves pages."""

import gc
from typing import Final

from django.urls import get_resolver

# Objects that may be made before the youngest are looked at: a page makes some tens of thousands, and nearly all of
# them go by themselves, so that looking every 700 finds nothing and takes a tenth of the page's time.
BEFORE_LOOKING: Final = 50_000


def settle() -> None:
    """Look no more at what was loaded with the program, which stays for good, and seldom at what pages leave."""
    _ = get_resolver().url_patterns  # the views, which the first request would load
    gc.collect()
    gc.freeze()
    gc.set_threshold(BEFORE_LOOKING, 20, 50)
