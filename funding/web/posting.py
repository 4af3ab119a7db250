"""Sending something to an address that somebody else chose, as guarded as fetching from one."""

import time
from collections.abc import Mapping

from funding.web import fetching


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Post a body to an address within 30 seconds and return the status, one of success; redirects are not followed.

    What the answer holds is not read. Raises fetching.FetchError.
    """
    deadline = time.monotonic() + fetching.TOTAL_SECONDS
    address = fetching.read(url)
    sent = {"User-Agent": fetching.USER_AGENT, "Content-Length": str(len(body)), **headers}
    with fetching.ask(address, sent, deadline, "POST", body) as response:
        status = int(response.status)
    if status in fetching.REDIRECTS:
        reason = f"{address.host} redirects (status {status}), which is not followed. Give the address it leads to."
        raise fetching.FetchError(reason)
    if not 200 <= status < 300:
        is_temporary = status in (408, 425, 429) or status >= 500
        raise fetching.FetchError(f"{address.host} did not take it (status {status}).", is_temporary=is_temporary)
    return status
