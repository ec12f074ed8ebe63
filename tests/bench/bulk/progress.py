"""A progress bar for management commands."""

from time import monotonic

from django.core.management.base import OutputWrapper

WIDTH = 30


class ProgressLine:
    """Redraws one line on a terminal; elsewhere, writes a line after each tenth."""

    def __init__(self, total: int, unit: str, stream: OutputWrapper):
        self.total = total
        self.unit = unit
        self.stream = stream
        self.done = 0
        self.started = monotonic()
        self._tenth = 0

    def advance(self, count: int) -> None:
        self.done += count
        if self.stream.isatty():
            self._write(f"\r{self}")
        elif self.done * 10 // self.total > self._tenth:
            self._tenth = self.done * 10 // self.total
            self._write(f"{self}\n")
        self.stream.flush()

    def finish(self) -> None:
        if self.stream.isatty():
            self._write("\n")

    def _write(self, text: str) -> None:
        """Write without the colour and the newline that Django adds to stderr."""
        self.stream.write(text, style_func=str, ending="")

    def __str__(self) -> str:
        seconds = max(monotonic() - self.started, 0.001)
        full = WIDTH * self.done // self.total
        left = round(seconds * (self.total - self.done) / self.done) if self.done else 0
        bar = "█" * full + "·" * (WIDTH - full)
        rate = self.done / seconds
        pace = f"{rate:,.0f} a second, {left // 60}:{left % 60:02} left"
        return f"{bar} {self.done:,} of {self.total:,} {self.unit}, {pace} "
