"""The locks hold what pyproject.toml declares, by hash, and nothing else."""

from typing import Any

import pytest

from tools.locks import breaches, main, read_lock

HASH = f"    --hash=sha256:{'0' * 64}\n"


def lock(*pins: str) -> str:
    return "".join(f"{pin} \\\n{HASH}" for pin in pins)


PROJECT: dict[str, Any] = {
    "project": {
        "dependencies": ["Pillow>=13,<14"],
        "optional-dependencies": {
            "media": ["av>=18,<19"],
            "postgres": ["asyncpg>=0.32"],
            "speech": ["espeakng-loader>=0.2"],
            "telemetry": ["opentelemetry-sdk>=1.45"],
        },
    },
    "dependency-groups": {
        "setup": ["uv>=0.13"],
        "dev": [{"include-group": "setup"}, "pytest>=9"],
    },
}
SETUP = ("uv==0.13.8",)
DEMO = (*SETUP, "pillow==13.0.0", "av==18.1.0")
IMAGE = ("pillow==13.0.0", "av==18.1.0", "asyncpg==0.32.0", "opentelemetry-sdk==1.45.2")
DEV = (*SETUP, *IMAGE, "espeakng-loader==0.2.4", "pytest==9.2.0")


def found(**changed: tuple[str, ...]) -> list[str]:
    locks = {"setup": SETUP, "demo": DEMO, "image": IMAGE, "dev": DEV} | changed
    return list(breaches(PROJECT, {name: lock(*pins) for name, pins in locks.items()}))


def test_locks_that_fit_pass():
    assert found() == []


def test_a_declared_requirement_without_a_pin_is_found():
    (breach,) = found(dev=DEV[:-1])
    assert breach == "requirements/dev.lock: 'pytest>=9' is declared, nothing pinned"


def test_a_pin_outside_the_declared_range_is_found():
    changed = tuple(pin.replace("13.0.0", "14.0.0") for pin in DEV)
    assert any("'Pillow<14,>=13' is declared, 14.0.0 pinned" in each for each in found(dev=changed))


def test_locks_that_disagree_are_found():
    (breach,) = found(setup=("uv==0.13.9",))
    assert breach == "requirements/setup.lock: 'uv' is pinned otherwise than in dev.lock"


def test_a_missing_lock_is_found():
    assert any("setup" in each for each in breaches(PROJECT, {}))


def test_several_versions_of_one_package_are_read_by_marker():
    text = lock("networkx==3.6 ; python_full_version < '3.12'", "networkx==3.7 ; extra == 'x'")
    assert read_lock(text) == {"networkx": {"3.6", "3.7"}}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("uv==0.13.8\n", "no pin, hash or comment"),
        ("--index-url https://mirror.example\n", "no pin, hash or comment"),
        ("uv==0.13.8 \\\npytest==9 \\\n" + HASH, "without a hash"),
        ("uv==0.13.8 \\\n", "no hash"),
        ("# only a comment\n", "no pin"),
    ],
)
def test_a_line_that_is_no_hashed_pin_is_refused(text, complaint):
    with pytest.raises(ValueError, match=complaint):
        read_lock(text)


def test_the_locks_of_this_repository_fit():
    assert main() == 0
