"""What is written to the log of a request that went wrong."""

import logging

from django.db import InterfaceError, OperationalError


def keep_brief(record: logging.LogRecord) -> bool:
    """Filter: a traceback only where our code is wrong, a line where the request was, or the database did not answer.

    Anybody can send nonsense, so what it leaves in the log is short.
    """
    error = record.exc_info[1] if record.exc_info else None
    status = getattr(record, "status_code", None)
    is_refused = isinstance(status, int) and status < 500
    if error is not None and (is_refused or isinstance(error, InterfaceError | OperationalError) and status):
        said = " ".join(str(error).split())
        record.msg, record.args = f"{record.getMessage()} ({said})", ()
        record.exc_info, record.exc_text = None, None
    return True
