"""`local-frame`: one picture of a video, at a time, or its first or last."""

from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from PIL import Image
from pydantic import BaseModel, ConfigDict, Field

from boards.adapters.providers.local.av_files import image_of, opened_media, video_stream
from boards.adapters.providers.local.generator import LocalGenerator, hint
from boards.adapters.providers.local.pictures import ImageFormat, checked_pixels, encoded
from boards.errors import InvalidInput
from boards.generators.artifacts import ImageArtifact, VideoArtifact
from boards.generators.compute import Tick, compute, no_tick
from boards.generators.context import GeneratorContext

if TYPE_CHECKING:
    from av import VideoFrame

__all__ = ["FrameInput", "FrameOutput", "LocalFrame", "render_still"]

At = Literal["time", "first", "last"]


class FrameInput(BaseModel):
    """A video and which of its pictures is wanted."""

    model_config = ConfigDict(extra="forbid")

    video: VideoArtifact = Field(description="The video", json_schema_extra=hint("Sources"))
    at: At = Field(
        default="time",
        description="Which picture; the last one is what a following video can begin with",
        json_schema_extra=hint("Main", "select"),
    )
    time: float = Field(
        default=0,
        ge=0,
        le=86_400,
        description="Seconds from the begin, for at = time; beyond the end it is the last picture",
        json_schema_extra=hint("Main", "number"),
    )
    output_format: ImageFormat = Field(
        default="png", description="File format", json_schema_extra=hint("Options", "select")
    )


class FrameOutput(BaseModel):
    """The picture."""

    image: ImageArtifact = Field(description="The picture")


def render_still(path: str, at: At, time: float, tick: Tick = no_tick) -> tuple[Image.Image, float]:
    """Give a picture upright and its time in seconds.

    Raises InvalidInput for a file without pictures, TooLarge for pictures above 64 megapixels.
    """
    with opened_media(path, "video") as container:
        stream = video_stream(container, "video")
        checked_pixels(stream.width, stream.height, "The video")
        base = stream.time_base or Fraction(1, 1000)
        begin = float((stream.start_time or 0) * base)
        length = float(container.duration or 0) / 1_000_000
        wanted = {"first": 0.0, "last": float("inf"), "time": time}[at]
        # Seeking lands on the key frame before; from there it is decoded up to the wanted time.
        target = min(wanted, max(0.0, length - 0.5))
        if target > 0 and length > 0:
            container.seek(int((target + begin) / base), stream=stream, backward=True)
        found: VideoFrame | None = None
        for frame in container.decode(stream):
            tick(0.5, "Looking for the picture")
            found = frame
            if frame.time - begin >= wanted - 1e-6:
                break
        if found is None:
            raise InvalidInput("The file of 'video' has no picture at that time.")
        image = image_of(found)
        if found.rotation:
            image = image.rotate(found.rotation, expand=True)
        return image, max(0.0, float(found.time or 0) - begin)


class LocalFrame(LocalGenerator):
    name = "local-frame"
    title = "Picture of a video"
    artifact_type = "image"
    deterministic = True
    description = "One picture of a video: at a time, the first or the last. Free, on this machine"
    needs = ("av", "media")
    inputs = FrameInput
    outputs = FrameOutput

    async def generate(self, inputs: FrameInput, context: GeneratorContext) -> FrameOutput:
        self.require()
        path = await context.resolve_artifact(inputs.video)

        def work(tick: Tick) -> tuple[bytes, Image.Image, float]:
            image, time = render_still(path, inputs.at, inputs.time, tick)
            return encoded(image, inputs.output_format), image, time

        data, image, time = await compute(context, work)
        stored = await context.store_image(
            data, format=inputs.output_format, width=image.width, height=image.height
        )
        context.note(time=round(time, 3))
        return FrameOutput(image=stored)
