"""Synthesises the sound of the demo's podcast: three axle bearings, from a sound one to a worn one."""

import math
import wave
from io import BytesIO
from random import Random

RATE = 8000
SECONDS_EACH = 6
# Clicks per second and their loudness, for each bearing.
BEARINGS = ((0, 0), (6, 45), (12, 95))
SILENT = 128


def three_bearings() -> bytes:
    """A WAV file of eighteen seconds and 144 kB."""
    noise = Random(1951)  # noqa: S311 - a sound, not a secret
    samples = bytearray()
    for clicks, loudness in BEARINGS:
        for number in range(RATE * SECONDS_EACH):
            at = number / RATE
            turning = 7 + 4 * math.sin(math.tau * 1.5 * at)
            value = noise.uniform(-turning, turning)
            if clicks:
                since = at % (1 / clicks)
                value += loudness * math.exp(-since * 90) * math.sin(math.tau * 950 * since)
            samples.append(max(0, min(255, round(SILENT + value))))
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 1, RATE, 0, "NONE", ""))
        sound.writeframes(bytes(samples))
    return file.getvalue()
