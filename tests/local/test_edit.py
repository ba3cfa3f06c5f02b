"""Editing an image: each step does what it says, in its order, and wrong files are refused."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms
from pydantic import ValidationError

from boards.adapters.providers.local.edit import EditInput, LocalEdit, render_edit
from boards.adapters.providers.local.framing import box_of_aspect, inscribed
from boards.adapters.providers.local.grading import PRESETS, Grade, graded
from boards.adapters.providers.local.pictures import MOST_PIXELS, checked_pixels, opened
from boards.errors import InvalidInput, TooLarge
from boards.generators.artifacts import ImageArtifact
from tests.local.conftest import Run
from tests.local.pictures import distance, picture, png, scene

SLOT = ImageArtifact(generation_id="g", format="png", storage_url="file")


def edit(image: Image.Image | None = None, **steps: object) -> Image.Image:
    inputs = EditInput.model_validate({"image_source": SLOT, **steps})
    return render_edit(image or scene(), inputs)


def mean(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("RGB"), np.float64).mean(axis=(0, 1))


class TestTurnAndCrop:
    def test_a_quarter_turn_clockwise_brings_the_left_side_up(self):
        turned = edit(rotate=90)

        assert turned.size == (64, 96)
        assert turned.getpixel((63, 0)) == scene().getpixel((0, 0))

    def test_four_quarter_turns_are_where_they_began(self):
        image = scene()
        for _ in range(4):
            image = edit(image, rotate=90)

        assert distance(image, scene()) == 0

    def test_minus_a_quarter_is_three_quarters(self):
        assert distance(edit(rotate=-90), edit(rotate=270)) == 0

    @pytest.mark.parametrize("degrees", [1, 7, 30, 45, 60, 89, 133, -20])
    def test_a_tilted_image_has_no_empty_corners(self, degrees):
        white = Image.new("RGB", (120, 70), (255, 255, 255))
        turned = np.asarray(edit(white, rotate=degrees))

        assert turned.min() > 200
        assert turned.size > 0

    def test_the_inscribed_rectangle_of_an_unturned_image_is_itself(self):
        assert inscribed(120, 70, 0.0) == (120, 70)

    def test_flips_mirror(self):
        image = scene()

        assert edit(flip="horizontal").getpixel((0, 5)) == image.getpixel((95, 5))
        assert edit(flip="vertical").getpixel((5, 0)) == image.getpixel((5, 63))
        assert edit(flip="both").getpixel((0, 0)) == image.getpixel((95, 63))

    def test_a_box_is_cut_out_by_shares(self):
        box = {"x": 0.25, "y": 0.5, "width": 0.5, "height": 0.25}
        cut = edit(crop_box=box)

        assert cut.size == (48, 16)
        assert cut.getpixel((0, 0)) == scene().getpixel((24, 32))

    def test_the_smallest_box_leaves_a_pixel(self):
        box = {"x": 0.9999, "y": 0.9999, "width": 0.0001, "height": 0.0001}

        assert edit(crop_box=box).size == (1, 1)

    @pytest.mark.parametrize(
        ("focus", "box"),
        [("centre", (16, 0, 80, 64)), ("left", (0, 0, 64, 64)), ("right", (32, 0, 96, 64))],
    )
    def test_an_aspect_ratio_keeps_the_wanted_side(self, focus, box):
        assert box_of_aspect(96, 64, 1.0, focus) == box
        assert distance(edit(crop_aspect="1:1", crop_focus=focus), scene().crop(box)) == 0


class TestFit:
    @pytest.mark.parametrize("fit", ["cover", "contain", "stretch"])
    def test_both_sides_are_met(self, fit):
        assert edit(fit_width=50, fit_height=80, fit=fit).size == (50, 80)

    def test_one_side_keeps_the_proportions(self):
        assert edit(fit_width=192).size == (192, 128)
        assert edit(fit_height=32).size == (48, 32)

    def test_contain_fills_up_with_the_background(self):
        image = edit(fit_width=100, fit_height=100, fit="contain", background="#ff8000")

        assert image.getpixel((50, 1)) == (255, 128, 0)
        assert image.getpixel((50, 50)) != (255, 128, 0)

    def test_cover_leaves_no_background(self):
        red = Image.new("RGB", (96, 64), (200, 0, 0))
        image = edit(red, fit_width=100, fit_height=100)

        assert set(image.get_flattened_data()) == {(200, 0, 0)}

    def test_a_size_that_would_not_fit_in_memory_is_refused(self):
        wide = Image.new("RGB", (4000, 2000))

        with pytest.raises(TooLarge, match="64 megapixels"):
            edit(wide.resize((100, 400)), fit_width=8192)


class TestGrade:
    def test_brighter_is_brighter_and_black_stays_black(self):
        black = Image.new("RGB", (8, 8))

        assert mean(edit(brightness=0.5)).mean() > mean(scene()).mean() + 15
        assert mean(edit(black, brightness=0.5)).max() == 0

    def test_more_contrast_spreads_less_brings_together(self):
        def spread(image: Image.Image) -> float:
            return float(np.asarray(image.convert("L"), np.float64).std())

        plain = spread(scene())

        assert spread(edit(contrast=0.8)) > plain * 1.1
        assert spread(edit(contrast=-0.8)) < plain * 0.7

    def test_no_saturation_is_grey(self):
        pixels = np.asarray(edit(saturation=-1), np.int16)

        assert np.ptp(pixels, axis=2).max() <= 1

    def test_warm_moves_to_red_cool_to_blue(self):
        warm, cool = mean(edit(warmth=0.8)), mean(edit(warmth=-0.8))

        assert warm[0] - warm[2] > cool[0] - cool[2] + 20

    def test_a_vignette_darkens_corners_not_the_middle(self):
        grey = Image.new("RGB", (101, 101), (180, 180, 180))
        image = edit(grey, vignette=1)

        assert image.getpixel((50, 50)) == (180, 180, 180)
        assert np.asarray(image)[0, 0].max() < 90

    def test_no_grade_changes_nothing(self):
        assert distance(graded(scene(), Grade()), scene()) == 0

    @pytest.mark.parametrize("name", [name for name in PRESETS if name != "none"])
    def test_every_preset_is_a_look_of_its_own(self, name):
        image = edit(preset=name)
        others = [edit(preset=other) for other in PRESETS if other not in (name, "none")]

        assert distance(image, scene()) > 4
        assert min(distance(image, other) for other in others) > 2

    def test_noir_is_black_and_white(self):
        assert np.ptp(np.asarray(edit(preset="noir"), np.int16), axis=2).max() <= 1

    def test_what_is_see_through_stays_so(self):
        image = scene().convert("RGBA")
        image.putalpha(Image.linear_gradient("L").resize(image.size))
        alpha = np.asarray(edit(image, preset="sunset").getchannel("A"))

        assert (alpha == np.asarray(image.getchannel("A"))).all()

    def test_bands_leave_no_seam(self):
        tall = Image.new("RGB", (4, 700), (90, 120, 150))
        rows = np.asarray(edit(tall, warmth=0.5, contrast=0.4))

        assert (rows == rows[0]).all()


class TestBlurAndText:
    def test_blur_takes_fine_detail_away(self):
        def detail(image: Image.Image) -> float:
            return float(np.abs(np.diff(np.asarray(image.convert("L"), np.float64), axis=1)).mean())

        assert detail(edit(blur=3)) < detail(scene()) / 3

    @pytest.mark.parametrize(
        ("position", "where"),
        [
            ("top-left", (0, 0)), ("top", (0, 1)), ("top-right", (0, 2)),
            ("left", (1, 0)), ("centre", (1, 1)), ("right", (1, 2)),
            ("bottom-left", (2, 0)), ("bottom", (2, 1)), ("bottom-right", (2, 2)),
        ],
    )  # fmt: skip
    def test_text_stands_where_it_was_put(self, position, where):
        blank = Image.new("RGB", (300, 300))
        image = edit(blank, text="Hi", text_position=position, text_size=0.12, text_style="plain")
        ink = np.asarray(image.convert("L")) > 128
        cells = ink.reshape(3, 100, 3, 100).sum(axis=(1, 3))

        assert np.unravel_index(cells.argmax(), cells.shape) == where
        assert cells.sum() == cells.max()

    def test_another_text_has_another_shape(self):
        blank = Image.new("RGB", (300, 120))

        one, other = (
            edit(blank, text=text, text_style="plain", text_size=0.4) for text in ("Sea", "Sun")
        )

        assert distance(one, other) > 2

    def test_text_has_its_colour(self):
        blank = Image.new("RGB", (300, 120))
        image = edit(blank, text="MMM", text_color="#ff0080", text_style="plain", text_size=0.4)

        assert (255, 0, 128) in set(image.get_flattened_data())

    @pytest.mark.parametrize("style", ["shadow", "panel"])
    def test_shadow_and_panel_make_white_readable_on_white(self, style):
        white = Image.new("RGB", (300, 120), (255, 255, 255))
        image = edit(white, text="Read me", text_style=style, text_size=0.3)

        assert np.asarray(image.convert("L")).min() < 120

    def test_a_very_long_text_stays_inside(self):
        blank = Image.new("RGB", (200, 100))
        image = np.asarray(
            edit(blank, text="word " * 60, text_style="plain", text_size=0.2).convert("L")
        )

        assert image[:3].max() == 0
        assert image[-3:].max() == 0
        assert image[:, :3].max() == 0

    def test_text_is_drawn_on_see_through_images(self):
        clear = Image.new("RGBA", (200, 80), (0, 0, 0, 0))
        image = edit(clear, text="Hi", text_style="plain", text_size=0.4)

        assert image.getchannel("A").getextrema() == (0, 255)


class TestRun:
    async def test_makes_the_edited_image(self, make: Run):
        ran = await make(
            LocalEdit(),
            {"image_source": "photo", "crop_aspect": "1:1", "preset": "dusk", "text": "Dusk"},
            photo=png(scene(300, 200)),
        )

        assert picture(ran.primary.data).size == (200, 200)
        assert (ran.primary.facts.width, ran.primary.facts.height) == (200, 200)

    async def test_the_same_edit_gives_the_same_bytes(self, make: Run):
        inputs = {"image_source": "photo", "preset": "faded", "grain": 0.5, "blur": 1}
        one = await make(LocalEdit(), inputs, photo=png(scene()))
        other = await make(LocalEdit(), inputs, photo=png(scene()))

        assert one.primary.sha256 == other.primary.sha256

    @pytest.mark.parametrize("format", ["png", "jpg", "webp"])
    async def test_a_see_through_image_can_be_written_in_every_format(self, make: Run, format):
        ran = await make(
            LocalEdit(),
            {"image_source": "photo", "flip": "horizontal", "output_format": format},
            photo=png(Image.new("RGBA", (20, 20), (255, 0, 0, 0))),
        )

        assert ran.primary.facts.format == format


def save(image: Image.Image, format: str, path, **options: object) -> str:
    image.save(path, format, **options)
    return str(path)


class TestFiles:
    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
    def test_every_mode_of_png_is_read(self, tmp_path, mode):
        if mode == "I;16":
            image = Image.fromarray(np.full((4, 4), 32768, np.uint16))
        else:
            image = Image.new("L", (4, 4), 128).convert(mode)
        read = opened(save(image, "PNG", tmp_path / "x"), "image_source")

        assert read.mode in ("RGB", "RGBA")
        if mode != "1":
            assert abs(int(np.asarray(read.convert("L"))[1, 1]) - 128) <= 1

    def test_a_cmyk_jpeg_is_read(self, tmp_path):
        path = save(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", tmp_path / "x")
        red, green, _ = np.asarray(opened(path, "image_source"))[4, 4].tolist()

        assert red > 180
        assert green < 90

    def test_a_photo_taken_sideways_is_read_upright(self, tmp_path):
        exif = Image.Exif()
        exif[0x0112] = 6
        path = save(scene(60, 40), "JPEG", tmp_path / "x", exif=exif)

        assert opened(path, "image_source").size == (40, 60)

    def test_a_colour_profile_is_honoured(self, tmp_path):
        lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
        path = save(scene(), "PNG", tmp_path / "x", icc_profile=lab)

        assert distance(opened(path, "image_source"), scene()) < 2

    def test_a_broken_colour_profile_is_ignored(self, tmp_path):
        path = save(scene(), "PNG", tmp_path / "x", icc_profile=b"nonsense" * 20)

        assert distance(opened(path, "image_source"), scene()) == 0

    def test_of_an_animation_the_first_picture_is_read(self, tmp_path):
        frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
        path = save(frames[0], "GIF", tmp_path / "x", save_all=True, append_images=frames[1:])

        assert opened(path, "image_source").convert("RGB").getpixel((0, 0)) == (255, 0, 0)

    @pytest.mark.parametrize("data", [b"", b"not an image", b"\x89PNG\r\n\x1a\n", b"GIF89a"])
    def test_what_is_no_image_is_refused_by_the_name_of_its_field(self, tmp_path, data):
        path = tmp_path / "x"
        path.write_bytes(data)

        with pytest.raises(InvalidInput, match="'image_source'"):
            opened(str(path), "image_source")

    def test_a_truncated_image_is_refused(self, tmp_path):
        path = tmp_path / "x"
        path.write_bytes(png(scene(200, 200))[:-2000])

        with pytest.raises(InvalidInput, match="cannot be read"):
            opened(str(path), "image_source")

    def test_a_bomb_is_refused_before_it_is_unpacked(self, tmp_path):
        """A PNG of 20,000 x 20,000 pixels, of which hardly more than the header is there."""

        def chunk(kind: bytes, data: bytes) -> bytes:
            check = struct.pack(">I", zlib.crc32(kind + data))
            return struct.pack(">I", len(data)) + kind + data + check

        header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
        path = tmp_path / "x"
        path.write_bytes(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"0"))
        )

        with pytest.raises(TooLarge):
            opened(str(path), "image_source")

    def test_the_limit_is_64_megapixels(self):
        assert MOST_PIXELS == 64_000_000
        checked_pixels(8000, 8000, "It")
        with pytest.raises(TooLarge, match="It would have 8000 x 8001 pixels"):
            checked_pixels(8000, 8001, "It")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"text": "   "},
        {"text": "山と海"},
        {"rotate": 360},
        {"rotate": 1000},
        {"fit_width": 4},
        {"fit_width": 100_000},
        {"brightness": 2},
        {"preset": "blockbuster"},
        {"text": "x", "text_color": "red"},
        {"text": "x", "text_size": 3},
        {"crop_box": {"x": 0.6, "y": 0, "width": 0.6, "height": 1}},
        {"crop_box": {"x": 0, "y": 0, "width": 0, "height": 1}},
        {"crop_aspect": "5:1"},
        {"blur": -1},
        {"sharpen": 1},
    ],
)
def test_wrong_inputs_are_refused(wrong):
    with pytest.raises(ValidationError):
        EditInput.model_validate({"image_source": SLOT, **wrong})
