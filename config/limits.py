"""How many requests the API takes in a minute: of each token, and of each address that comes without one.

They are counted in Redis, in windows of a minute. Where Redis is away nothing is counted and every request is taken:
it only wakes the workers otherwise, and reading must not end with it (docs/decisions).
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import redis
from django.conf import settings

logger = logging.getLogger(__name__)
WINDOW: Final = 60  # seconds
TIMEOUT: Final = 0.25  # seconds that a request waits for Redis at most
PAUSE: Final = 5.0  # seconds for which Redis is not asked after it failed

_away_until = 0.0


@dataclass(frozen=True, slots=True)
class Count:
    """How much of a limit is used: requests left in this window, and seconds until the next."""

    limit: int
    left: int
    seconds: int

    @property
    def is_over(self) -> bool:
        """Whether this request is one too many."""
        return self.left < 0

    @property
    def headers(self) -> dict[str, str]:
        """What says so, as the IETF's draft of rate limit fields has it."""
        return {
            "RateLimit-Policy": f'"minute";q={self.limit};w={WINDOW}',
            "RateLimit": f'"minute";r={max(self.left, 0)};t={self.seconds}',
        }


def take(who: str, limit: int) -> Count | None:
    """Count one request of somebody; None where there is no limit, or Redis does not answer."""
    global _away_until
    now = time.time()
    if limit <= 0 or now < _away_until:
        return None
    window = int(now // WINDOW)
    key = f"{settings.CELERY_TASK_DEFAULT_QUEUE}:api:{who}:{window}"
    try:
        with _client(settings.CELERY_BROKER_URL).pipeline(transaction=False) as pipeline:
            used = pipeline.incr(key).expire(key, WINDOW).execute()[0]
    except redis.RedisError as error:
        _away_until = now + PAUSE
        logger.warning("Requests to the API are not counted: %s", str(error).strip())
        return None
    return Count(limit, limit - int(used), int((window + 1) * WINDOW - now) + 1)


@lru_cache(maxsize=2)
def _client(url: str) -> Any:
    # Celery writes the socket's address in another way than the client of Redis.
    address = url.replace("redis+socket://", "unix://", 1)
    return redis.Redis.from_url(address, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)
