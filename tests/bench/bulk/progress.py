"""Progress of management commands."""

from time import monotonic

from django.core.management.base import OutputWrapper


class Progress:
    """Writes a line at each tenth."""

    def __init__(self, total: int, unit: str, stream: OutputWrapper):
        self.total, self.unit, self.stream = total, unit, stream
        self.done = 0
        self.started = monotonic()

    def advance(self, count: int) -> None:
        before, self.done = self.done, self.done + count
        if self.done * 10 // self.total > before * 10 // self.total:
            seconds = round(monotonic() - self.started)
            self.stream.write(f"{self.done:,} of {self.total:,} {self.unit}, {seconds} s", style_func=str)
