"""The process in which FFmpeg reads: what it may do, and what its end means."""

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from boards.adapters.media.confined import Confined
from boards.adapters.media.containers import container_facts
from boards.adapters.media.probe import MediaProbe
from boards.domain.artifacts import MediaFacts
from boards.errors import InvalidInput, TooLarge
from tests.media.files import film, tone

pytest.importorskip("av")

VIDEO = MediaFacts(format="mp4", mime="video/mp4")


@pytest.fixture(scope="module")
def confined() -> Iterator[Confined]:
    confined = Confined()
    yield confined
    confined.close()


def that_runs(program: str, *, seconds: float = 20.0, memory: int = 2**30) -> Confined:
    return Confined(program=("-c", program), seconds=seconds, memory=memory)


class TestItsAnswers:
    def test_are_those_of_the_function(self, confined: Confined, tmp_path: Path) -> None:
        path = film(tmp_path / "a.mp4", seconds=0.5)
        assert confined.facts(path, "mp4") == container_facts(path, "mp4")

    def test_are_pictures_as_well(self, confined: Confined, tmp_path: Path) -> None:
        path = film(tmp_path / "a.mp4", seconds=0.5)
        made = confined.previews(path, VIDEO)
        assert made.small is not None
        assert made.small.startswith(b"RIFF")
        assert made.blurhash is not None

    def test_are_waveforms_as_well(self, confined: Confined, tmp_path: Path) -> None:
        path = tone(tmp_path / "a.wav")
        made = confined.previews(path, MediaFacts(format="wav", mime="audio/wav"))
        assert made.waveform is not None
        assert json.loads(made.waveform)["peaks"]

    def test_are_refusals_as_well(self, confined: Confined, tmp_path: Path) -> None:
        path = tmp_path / "a"
        path.write_bytes(b"nothing of the kind")
        with pytest.raises(InvalidInput, match="damaged or cut off"):
            confined.facts(path, "mp4")
        # And it goes on.
        whole = film(tmp_path / "b.mp4", seconds=0.5)
        assert confined.facts(whole, "mp4") is not None

    async def test_are_what_the_server_gets(self, tmp_path: Path) -> None:
        media = MediaProbe(confined=that_runs("raise SystemExit(3)"))
        path = film(tmp_path / "a.mp4", seconds=0.5)
        with pytest.raises(TooLarge):
            await media.probe(path)


class TestItsEnd:
    def test_a_decoder_that_never_ends_is_stopped(self, tmp_path: Path) -> None:
        started = time.monotonic()
        with pytest.raises(TooLarge, match=r"more than 0\.5 s"):
            that_runs("import time; time.sleep(60)", seconds=0.5).previews(tmp_path, VIDEO)
        assert time.monotonic() - started < 20

    def test_a_decoder_that_crashes_is_a_refusal(self, tmp_path: Path) -> None:
        with pytest.raises(TooLarge):
            that_runs("import os; os.abort()").previews(tmp_path, VIDEO)

    @pytest.mark.parametrize("answer", ["{}", "[]", "7", "{", '{"refused": 1}'])
    def test_nonsense_is_a_refusal(self, tmp_path: Path, answer: str) -> None:
        with pytest.raises(InvalidInput, match="could not be looked into"):
            that_runs(f"print({answer!r}, flush=True); input()").facts(tmp_path, "mp4")

    def test_a_process_that_died_of_something_else_is_started_anew(
        self, confined: Confined, tmp_path: Path
    ) -> None:
        path = film(tmp_path / "a.mp4", seconds=0.5)
        confined.facts(path, "mp4")
        first = confined._process
        assert first is not None
        first.kill()
        first.wait()
        assert confined.facts(path, "mp4") is not None
        assert confined._process is not first


class TestItsBounds:
    ANSWER = "print(json.dumps({'done': %s}), flush=True); input()"

    def test_it_has_none_of_the_servers_secrets(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FAL_KEY", "hunter2")
        asked = that_runs("import json, os; " + self.ANSWER % "sorted(os.environ)")
        seen = asked._ask({})
        assert "PATH" in seen
        assert "FAL_KEY" not in seen
        assert set(seen) < set(os.environ) | {"LC_CTYPE"}

    def test_it_gets_no_more_memory_than_it_may_have(self) -> None:
        pytest.importorskip("resource")
        program = (
            "import json, sys; from boards.adapters.media.inside import _bound_memory\n"
            "_bound_memory(int(sys.argv[2]))\n"
            "try:\n    len(bytearray(2**31)); got = True\n"
            "except MemoryError:\n    got = False\n"
        )
        assert that_runs(program + self.ANSWER % "got", memory=2**30)._ask({}) is False
        assert that_runs(program + self.ANSWER % "got", memory=2**33)._ask({}) is True

    def test_it_writes_no_file(self, tmp_path: Path) -> None:
        pytest.importorskip("resource")
        program = (
            "import json, signal, sys; from boards.adapters.media.inside import _bound_memory\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); _bound_memory(2**33)\n"
            f"try:\n    f = open({str(tmp_path / 'x')!r}, 'w'); f.write('x'); f.close(); got = 1\n"
            "except OSError:\n    got = 0\n"
        )
        assert that_runs(program + self.ANSWER % "got")._ask({}) == 0
