"""Enlarging: exact sizes, sharper than plain resampling, no seams, and bounded."""

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from boards.adapters.providers.local.upscale import (
    BAND,
    LocalUpscale,
    UpscaleInput,
    render_upscale,
)
from boards.errors import TooLarge
from boards.generators.artifacts import ImageArtifact
from boards.generators.compute import Stopped
from tests.local.conftest import Run
from tests.local.pictures import distance, picture, png, scene

SLOT = ImageArtifact(generation_id="g", format="png", storage_url="file")


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_both_sides_grow_by_the_factor(factor):
    assert render_upscale(scene(), factor, 0.5).size == (96 * factor, 64 * factor)


def test_scaled_down_again_it_is_the_same_picture():
    large = render_upscale(scene(), 4, 0.3)

    assert distance(large.resize((96, 64), Image.Resampling.BOX), scene()) < 3


def test_without_sharpening_bands_give_what_the_whole_gives():
    image = scene(40, BAND * 2 + 31)
    whole = image.resize((120, image.height * 3), Image.Resampling.LANCZOS)

    assert distance(render_upscale(image, 3, 0.0), whole) == 0


def test_sharpened_bands_meet_without_a_seam():
    smooth = Image.fromarray(
        np.tile(np.linspace(0, 255, BAND * 2).astype(np.uint8)[:, None, None], (1, 8, 3)), "RGB"
    )
    rows = np.asarray(render_upscale(smooth, 2, 1.0).convert("L"), np.int16)[:, 4]

    assert np.abs(np.diff(rows)).max() <= 2


def test_sharpening_makes_edges_steeper():
    edge = Image.new("L", (60, 20))
    edge.paste(200, (30, 0, 60, 20))
    edge = edge.convert("RGB")

    def steepest(image: Image.Image) -> int:
        return int(np.abs(np.diff(np.asarray(image.convert("L"), np.int16), axis=1)).max())

    assert steepest(render_upscale(edge, 4, 1.0)) > steepest(render_upscale(edge, 4, 0.0)) * 1.2


def test_what_is_see_through_stays_so():
    image = Image.new("RGBA", (10, 10), (255, 0, 0, 0))

    assert render_upscale(image, 2, 0.5).getchannel("A").getextrema() == (0, 0)


def test_a_result_beyond_64_megapixels_is_refused():
    with pytest.raises(TooLarge, match="64 megapixels"):
        render_upscale(Image.new("L", (3000, 2000)), 4, 0.5)


def test_a_cancel_is_noticed_at_the_next_band():
    ticks: list[float] = []

    def tick(fraction: float, message: str = "") -> None:
        ticks.append(fraction)
        if len(ticks) == 2:
            raise Stopped

    with pytest.raises(Stopped):
        render_upscale(scene(16, BAND * 5), 2, 0.5, tick)
    assert len(ticks) == 2


async def test_makes_the_larger_image(make: Run):
    ran = await make(
        LocalUpscale(), {"image_source": "small", "factor": 3}, small=png(scene(50, 40))
    )

    assert picture(ran.primary.data).size == (150, 120)
    assert ran.price == 0


@pytest.mark.parametrize("wrong", [{"factor": 1}, {"factor": 5}, {"sharpen": 2}, {"scale": 2}])
def test_wrong_inputs_are_refused(wrong):
    with pytest.raises(ValidationError):
        UpscaleInput.model_validate({"image_source": SLOT, **wrong})
