"""What the log says of requests that mean nothing to us."""

import logging


class WithoutTraceback(logging.Filter):
    """Keeps one line of each record: where in our code a foreign host was refused tells nobody anything."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = record.stack_info = None
        return True
