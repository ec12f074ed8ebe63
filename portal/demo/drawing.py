"""Has pictures drawn by a second process; free of Django, which that process does not start."""

from concurrent.futures import Future, ProcessPoolExecutor
from io import BytesIO
from multiprocessing import get_context

from portal.demo.pictures import draw


def jpeg(scene: str, seed: str, palette: str) -> bytes:
    file = BytesIO()
    draw(scene, seed, palette).save(file, "JPEG", quality=88)
    return file.getvalue()


class DrawingOffice:
    """Draws pictures in a second process, ahead of the pages that need them."""

    def __init__(self) -> None:
        # Not forked: a copy of this process would share its database connection.
        self.pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        self.ordered: dict[tuple[str, str, str], Future[bytes]] = {}

    def order(self, scene: str, seed: str, palette: str) -> None:
        key = (scene, seed, palette)
        if key not in self.ordered:
            self.ordered[key] = self.pool.submit(jpeg, *key)

    def deliver(self, scene: str, seed: str, palette: str) -> bytes:
        """The picture as JPEG; one that the other process has not begun is drawn here."""
        ordered = self.ordered.get((scene, seed, palette))
        return jpeg(scene, seed, palette) if ordered is None or ordered.cancel() else ordered.result()

    def close(self) -> None:
        self.pool.shutdown(cancel_futures=True)
