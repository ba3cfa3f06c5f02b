"""No tracked file names a registry host, this clone's folder or somebody's home."""

import subprocess
from pathlib import Path

import pytest

from tools.tracked import REGISTRY_HOSTS, ROOT, breaches, main, tracked_files


@pytest.mark.parametrize("host", REGISTRY_HOSTS)
def test_a_registry_host_is_found_in_any_file(host):
    (found,) = breaches("docs/install.md", f"first line\nfrom https://{host}/simple\n")
    assert found.startswith("docs/install.md:2: names the registry host")


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://mirror.example/simple",
        "--extra-index-url=file:///srv/wheels",
        "--find-links /srv/wheels",
        "-f /srv/wheels",
        "boards @ file:///srv/boards",
        "pillow @ git+ssh://host/pillow",
    ],
)
def test_an_address_in_a_lock_is_found(line):
    assert list(breaches("requirements/dev.lock", line))
    assert not list(breaches("docs/install.md", line))


def test_the_clone_s_own_folder_is_found():
    root = Path("/srv/somebody/boards")
    (found,) = breaches("Makefile", "cd /srv/somebody/boards && make", root=root)
    assert "use a relative path" in found
    assert not list(breaches("Makefile", "cd /srv/somebody/boards-two && make", root=root))


def test_a_home_directory_is_found():
    home = "/".join(("", "home", "ada", ""))
    (found,) = breaches("docs/install.md", f"open {home}boards.toml")
    assert "home directory" in found
    assert not list(breaches("docs/install.md", "open /home/user/boards.toml or ~/boards.toml"))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\xff\xfe")
    (tmp_path / "notes.md").write_text("all is well\n")
    (tmp_path / "untracked.md").write_text(f"https://{REGISTRY_HOSTS[0]}/\n")
    subprocess.run(["git", "add", "picture.png", "notes.md"], cwd=tmp_path, check=True)
    return tmp_path


def test_only_tracked_files_are_looked_at(repository, capsys):
    assert sorted(tracked_files(repository)) == ["notes.md", "picture.png"]
    assert main([], root=repository) == 0
    assert "2 files, 0 breaches" in capsys.readouterr().out


def test_a_breach_fails_the_command(repository, capsys):
    assert main(["untracked.md"], root=repository) == 1
    assert "untracked.md:1: names the registry host" in capsys.readouterr().out


def test_nothing_to_check_fails_the_command(tmp_path):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert main([], root=tmp_path) == 1


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="this is no git clone")
def test_this_repository_is_clean():
    assert main([]) == 0
