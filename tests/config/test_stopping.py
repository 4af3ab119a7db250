"""`up` stops when it is asked to, even where the interruption itself was swallowed."""

import signal
from contextlib import suppress
from unittest.mock import Mock

import pytest

from config.management.commands.up import Command


def test_a_wish_to_stop_that_came_while_nobody_could_hear_it_is_heard_at_the_next_look() -> None:
    up = Command()
    up.is_stopping = False
    # Python ignores what is raised while it clears objects away.
    with suppress(KeyboardInterrupt):
        up._ask_to_stop(signal.SIGINT, None)
    with pytest.raises(KeyboardInterrupt):
        up._look_after(Mock(tick=lambda: []), None)
