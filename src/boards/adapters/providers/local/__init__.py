"""Generators that need no key and no network: they make real files on this machine."""

__all__ = ["BUILT_IN"]

# References, not imports: listing the generators loads neither numpy nor Pillow.
BUILT_IN: tuple[str, ...] = (
    "boards.adapters.providers.local.poster:LocalPoster",
    "boards.adapters.providers.local.edit:LocalEdit",
    "boards.adapters.providers.local.upscale:LocalUpscale",
    "boards.adapters.providers.local.collage:LocalCollage",
    "boards.adapters.providers.local.music:LocalMusic",
    "boards.adapters.providers.local.text:LocalText",
    "boards.adapters.providers.local.slideshow:LocalSlideshow",
    "boards.adapters.providers.local.animatic:LocalAnimatic",
    "boards.adapters.providers.local.mux:LocalMux",
    "boards.adapters.providers.local.frame:LocalFrame",
    "boards.adapters.providers.local.speech:LocalSpeech",
    "boards.adapters.providers.local.noop:LocalNoop",
)
