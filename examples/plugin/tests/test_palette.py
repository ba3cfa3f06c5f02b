import io
import json

import pytest
from boards.errors import InvalidInput
from boards.testing import run
from PIL import Image

from boards_example_plugin import Palette


def picture(*colours: str) -> bytes:
    image = Image.new("RGB", (len(colours) * 10, 10))
    for n, colour in enumerate(colours):
        image.paste(colour, (n * 10, 0, n * 10 + 10, 10))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def colours_of(png: bytes) -> set[str]:
    with Image.open(io.BytesIO(png)) as image:
        data = image.convert("RGB").tobytes()
    return {f"#{data[at : at + 3].hex()}" for at in range(0, len(data), 3)}


async def test_words_become_a_swatch_with_as_many_colours_as_were_asked_for() -> None:
    ran = await run(Palette(), {"prompt": "calm sea at dawn", "colours": 6, "size": 400})

    assert len(ran.output.colours) == len(set(ran.output.colours)) == 6
    assert (ran.primary.facts.width, ran.primary.facts.height) == (400, 200)
    assert set(ran.output.colours) <= colours_of(ran.primary.data)


async def test_the_same_words_and_seed_give_the_same_bytes() -> None:
    first, again, other = [
        await run(Palette(), {"prompt": "fire", "seed": seed}) for seed in (1, 1, 2)
    ]

    assert first.primary.data == again.primary.data
    assert first.primary.data != other.primary.data


async def test_an_image_gives_its_own_colours() -> None:
    ran = await run(
        Palette(),
        {"prompt": "ignored", "image_source": "photo", "colours": 2},
        artifacts={"photo": picture("#ff0000", "#0000ff")},
    )

    assert set(ran.output.colours) == {"#ff0000", "#0000ff"}
    assert [edge.role for edge in ran.edges] == ["image_source"]


async def test_the_colours_are_kept_as_a_file_and_as_facts() -> None:
    ran = await run(Palette(), {"prompt": "forest", "seed": 7})

    (extra,) = [file for file in ran.files if file.role == "palette"]
    assert json.loads(extra.data)["colours"] == ran.output.colours
    assert ran.metadata["colours"] == ran.output.colours
    assert ran.metadata["seed"] == 7


async def test_the_option_is_the_background() -> None:
    ran = await run(Palette(background="#101014"), {"prompt": "night"})

    with Image.open(ran.primary.path) as swatch:
        assert swatch.getpixel((0, 0)) == (0x10, 0x10, 0x14)


async def test_it_is_free_and_reports_its_progress() -> None:
    ran = await run(Palette(), {"prompt": "snow"})

    assert ran.price == 0
    assert ran.progress[0] == (0.0, "Choosing colours")


async def test_ten_colours_are_too_many() -> None:
    with pytest.raises(InvalidInput, match=r"inputs\.colours"):
        await run(Palette(), {"prompt": "snow", "colours": 10})
