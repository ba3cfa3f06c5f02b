"""The espeak-ng speech synthesiser through ctypes: text in, samples out.

The library keeps one voice for the whole process, so one text is spoken at a time. It also goes
on with the phase of the last wave: the same text sounds the same and is not the same bytes.
"""

import ctypes
import threading
from collections.abc import Callable
from functools import cache

from boards.errors import Broken, NotConfigured

__all__ = ["speak"]

_SYNCHRONOUS = 2
_UTF8 = 1
_RATE, _PITCH, _RANGE = 1, 3, 4
_BUFFER_MS = 100

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)
_lock = threading.Lock()


@cache
def _library() -> tuple[ctypes.CDLL, int]:
    """Load the library once; gives it and its sample rate in Hz."""
    import espeakng_loader

    try:
        library = ctypes.CDLL(espeakng_loader.get_library_path())
    except OSError as error:
        raise NotConfigured(
            "The speech library espeak-ng does not load on this machine; "
            "run: pip install --force-reinstall 'boards-studio[speech]'",
            detail=str(error),
        ) from error
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint, ctypes.c_int,
        ctypes.c_uint, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p,
    ]  # fmt: skip
    path = espeakng_loader.get_data_path().encode()
    rate = int(library.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, path, 0))
    if rate <= 0:
        raise NotConfigured("The speech library espeak-ng found no voices; install it again.")
    return library, rate


def speak(
    text: str, *, voice: str, words_per_minute: int, pitch: int, watch: Callable[[int], None]
) -> tuple[bytes, int]:
    """Say a text; gives 16-bit mono samples and their rate in Hz.

    `pitch` is from 0 to 100. `watch` is called with the number of bytes at each piece of a tenth
    of a second; what it raises stops the speech and is raised here.
    """
    with _lock:
        library, rate = _library()
        said = bytearray()
        raised: list[BaseException] = []

        def receive(
            wave: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int | None
        ) -> int:
            try:
                if count > 0:
                    said.extend(ctypes.string_at(wave, 2 * count))
                watch(len(said))
            except BaseException as error:  # noqa: BLE001 - C cannot carry it; raised below
                raised.append(error)
                return 1
            return 0

        callback = _Callback(receive)
        library.espeak_SetSynthCallback(callback)
        if library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise Broken(f"The speech library has no voice {voice!r}.")
        library.espeak_SetParameter(_RATE, words_per_minute, 0)
        library.espeak_SetParameter(_PITCH, pitch, 0)
        library.espeak_SetParameter(_RANGE, 55, 0)
        spoken = text.encode()
        status = library.espeak_Synth(spoken, len(spoken) + 1, 0, 1, 0, _UTF8, None, None)
        library.espeak_Synchronize()
        if raised:
            raise raised[0]
        if status != 0:
            raise Broken("The speech library could not say this text.")
        return bytes(said), rate
