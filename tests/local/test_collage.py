"""Collages: every image is there, none covers another but prints, and the seed decides."""

import itertools

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from boards.adapters.providers.local.collage import (
    CollageInput,
    LocalCollage,
    cells,
    render_collage,
)
from boards.errors import InvalidInput
from boards.generators.artifacts import ImageArtifact
from tests.local.conftest import Run
from tests.local.pictures import distance, picture, png, scene

SLOT = ImageArtifact(generation_id="g", format="png", storage_url="file")
COLOURS = [
    (230, 25, 75), (60, 180, 75), (255, 225, 25), (0, 130, 200), (245, 130, 48),
    (145, 30, 180), (70, 240, 240), (240, 50, 230), (128, 128, 0),
]  # fmt: skip
LAYOUTS = ["grid", "mosaic", "strip", "freeform"]


def plain(count: int, size: tuple[int, int] = (60, 45)) -> list[Image.Image]:
    return [Image.new("RGB", size, colour) for colour in COLOURS[:count]]


def lay(images: list[Image.Image], layout: str = "grid", **more: object) -> Image.Image:
    settings: dict[str, object] = {
        "width": 400, "height": 400, "gap": 6.0, "corner": 0.0,
        "background": (10, 20, 30), "seed": 1,
    }  # fmt: skip
    return render_collage(images, layout=layout, **{**settings, **more})  # type: ignore[arg-type]


class TestCells:
    @pytest.mark.parametrize("layout", ["grid", "mosaic", "strip"])
    @pytest.mark.parametrize("count", range(2, 10))
    @pytest.mark.parametrize("shape", [(900, 900), (1600, 900), (500, 900)])
    def test_cover_the_sheet_without_overlap(self, layout, count, shape):
        width, height = shape
        places = cells(layout, width, height, [1.3] * count, np.random.default_rng(count))

        assert len(places) == count
        assert sum(w * h for *_, w, h in places) == pytest.approx(width * height)
        for (a, b, c, d), (e, f, g, h) in itertools.combinations(places, 2):
            across = min(a + c, e + g) - max(a, e)
            down = min(b + d, f + h) - max(b, f)
            assert min(across, down) < 1e-6

    @pytest.mark.parametrize("count", range(2, 10))
    def test_of_a_mosaic_are_never_thin(self, count):
        for seed in range(20):
            for *_, wide, high in cells(
                "mosaic", 900, 900, [1.0] * count, np.random.default_rng(seed)
            ):
                assert 0.2 < wide / high < 5

    def test_of_a_mosaic_give_the_first_image_most_room(self):
        wins = 0
        for seed in range(40):
            areas = [
                w * h for *_, w, h in cells("mosaic", 9, 9, [1.0] * 5, np.random.default_rng(seed))
            ]
            wins += areas[0] == max(areas)

        assert wins > 34

    def test_of_four_equal_images_on_a_square_are_two_by_two(self):
        places = cells("grid", 100, 100, [1.0] * 4, np.random.default_rng(0))

        assert places == [(0, 0, 50, 50), (50, 0, 50, 50), (0, 50, 50, 50), (50, 50, 50, 50)]

    def test_of_a_strip_follow_the_longer_side(self):
        lying = cells("strip", 900, 300, [1.0] * 3, np.random.default_rng(0))
        standing = cells("strip", 300, 900, [1.0] * 3, np.random.default_rng(0))

        assert {place[1] for place in lying} == {0}
        assert {place[0] for place in standing} == {0}


class TestSheet:
    @pytest.mark.parametrize("layout", LAYOUTS)
    @pytest.mark.parametrize("count", [2, 5, 9])
    def test_shows_every_image(self, layout, count):
        pixels = np.asarray(lay(plain(count), layout), np.int16)

        for colour in COLOURS[:count]:
            seen = (np.abs(pixels - np.array(colour)).max(axis=2) < 12).mean()
            assert seen > 0.18 / count

    def test_has_its_background_in_the_gaps(self):
        sheet = lay(plain(4))

        assert sheet.getpixel((1, 1)) == (10, 20, 30)
        assert sheet.getpixel((200, 100)) == (10, 20, 30)

    def test_round_corners_let_the_background_through(self):
        sheet = lay(plain(4), corner=40.0)

        assert sheet.getpixel((8, 8)) == (10, 20, 30)
        assert sheet.getpixel((100, 100)) == COLOURS[0]

    @pytest.mark.parametrize("layout", ["mosaic", "freeform"])
    def test_the_seed_decides(self, layout):
        images = plain(6)

        assert distance(lay(images, layout, seed=3), lay(images, layout, seed=3)) == 0
        assert distance(lay(images, layout, seed=3), lay(images, layout, seed=4)) > 3

    def test_prints_are_tilted_and_bordered(self):
        sheet = np.asarray(lay(plain(2), "freeform"), np.int16)

        assert (sheet.min(axis=2) > 240).mean() > 0.05

    def test_a_see_through_image_lies_on_the_background(self):
        clear = Image.new("RGBA", (20, 20), (255, 255, 255, 0))
        sheet = lay([clear, *plain(1)])

        pixels = np.asarray(sheet).reshape(-1, 3)
        assert (pixels == (10, 20, 30)).all(axis=1).mean() > 0.5

    @pytest.mark.parametrize("layout", LAYOUTS)
    def test_extreme_shapes_are_laid_out(self, layout):
        images = [Image.new("RGB", size, "red") for size in ((900, 3), (3, 900), (1, 1))]

        assert lay(images, layout).size == (400, 400)


class TestRun:
    async def test_makes_the_sheet(self, make: Run):
        ran = await make(
            LocalCollage(),
            {"images": ["a", "b", "c"], "size": 300, "aspect_ratio": "3:2", "seed": 5},
            a=png(scene()), b=png(scene(seed=1)), c=png(scene(40, 90, seed=2)),
        )  # fmt: skip

        assert picture(ran.primary.data).size == (300, 200)
        assert ran.metadata["seed"] == 5
        assert [edge.role for edge in ran.edges] == ["images"] * 3

    async def test_a_broken_image_is_refused(self, make: Run):
        with pytest.raises(InvalidInput, match=r"damaged|cannot be read"):
            await make(LocalCollage(), {"images": ["a", "b"]}, a=png(scene()), b=png(scene())[:300])


@pytest.mark.parametrize(
    "wrong",
    [
        {"images": [SLOT]},
        {"images": [SLOT] * 10},
        {"images": [SLOT] * 2, "layout": "heap"},
        {"images": [SLOT] * 2, "gap": 1},
        {"images": [SLOT] * 2, "background": "white"},
        {"images": [SLOT] * 2, "size": 100_000},
    ],
)
def test_wrong_inputs_are_refused(wrong):
    with pytest.raises(ValidationError):
        CollageInput.model_validate(wrong)
