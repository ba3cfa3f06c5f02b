"""The studio specification's definition of done, sentence by sentence, with a faked generator."""

from tests.stories.conftest import Reel


async def test_generate_n_then_pick(reel: Reel) -> None:
    await reel.begin("A red boat on a puddle")

    started = await reel.ask("POST", "/cards/1/generate", status=202, json={"takes": 3})
    job = await reel.job(started["job_id"])

    assert job["state"] == "done"
    assert [take["file"] for take in job["takes"]] == ["01-1.png", "01-2.png", "01-3.png"]
    assert await reel.takes() == ["01-1.png", "01-2.png", "01-3.png"]
    picked = await reel.ask("POST", "/cards/1/pick", json={"take": "01-2.png"})
    assert picked["media"]["kind"] == "image"
    assert picked["media"]["source"] == "generated"
    assert picked["media"]["theme"] == "poster"
    assert (reel.folder / "cards" / "01.png").read_bytes() == (
        reel.folder / "cards" / "takes" / "01-2.png"
    ).read_bytes()
    story = await reel.ask("GET", "")
    assert story["storyboard"]["cards"][0]["media"]["take"] == "01-2.png"
