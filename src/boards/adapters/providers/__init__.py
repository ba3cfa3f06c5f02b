"""Providers: how the work of generators is done, one vendor per file or folder.

`PROVIDERS` lists those that are called over the network; a new one is one row here, one transport
in this folder and its declarations in `boards.catalog`.
"""

from dataclasses import dataclass

__all__ = ["PROVIDERS", "Provider"]


@dataclass(frozen=True, kw_only=True)
class Provider:
    """One provider: the name of its key, its address, and where its transport is.

    `transport` names a class, `package.module:Class`, made with a `wire.Connection`; it is imported
    when the provider has models to offer. `upload_url` is for those whose uploads live elsewhere,
    `catalog_url` for those whose documents about models do.
    """

    name: str
    title: str
    key: str
    base_url: str
    transport: str
    upload_url: str = ""
    catalog_url: str = ""


PROVIDERS: dict[str, Provider] = {
    each.name: each
    for each in (
        Provider(
            name="fal",
            title="fal",
            key="FAL_KEY",
            base_url="https://queue.fal.run",
            upload_url="https://rest.fal.ai",
            catalog_url="https://fal.ai",
            transport="boards.adapters.providers.fal:FalTransport",
        ),
        Provider(
            name="openai",
            title="OpenAI",
            key="OPENAI_API_KEY",
            base_url="https://api.openai.com/v1",
            transport="boards.adapters.providers.openai:OpenAITransport",
        ),
        Provider(
            name="replicate",
            title="Replicate",
            key="REPLICATE_API_TOKEN",
            base_url="https://api.replicate.com",
            transport="boards.adapters.providers.replicate:ReplicateTransport",
        ),
        Provider(
            name="gemini",
            title="Google Gemini",
            key="GEMINI_API_KEY",
            base_url="https://generativelanguage.googleapis.com/v1beta",
            transport="boards.adapters.providers.gemini:GeminiTransport",
        ),
        Provider(
            name="kie",
            title="Kie.ai",
            key="KIE_API_KEY",
            base_url="https://api.kie.ai",
            upload_url="https://kieai.redpandaai.co",
            transport="boards.adapters.providers.kie:KieTransport",
        ),
        Provider(
            name="elevenlabs",
            title="ElevenLabs",
            key="ELEVENLABS_API_KEY",
            base_url="https://api.elevenlabs.io",
            transport="boards.adapters.providers.elevenlabs:ElevenLabsTransport",
        ),
        Provider(
            name="runway",
            title="Runway",
            key="RUNWAYML_API_SECRET",
            base_url="https://api.dev.runwayml.com",
            transport="boards.adapters.providers.runway:RunwayTransport",
        ),
        Provider(
            name="luma",
            title="Luma",
            key="LUMAAI_API_KEY",
            base_url="https://api.lumalabs.ai/dream-machine/v1",
            transport="boards.adapters.providers.luma:LumaTransport",
        ),
    )
}
"""The providers by name, in the order in which they are listed."""
