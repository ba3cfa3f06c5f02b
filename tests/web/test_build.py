"""The built page knows of which sources it is, and the sources name no place of their own."""

import json
import re

import pytest

from tools import web


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A copy of the sources' skeleton, with a page that was built from it."""
    monkeypatch.setattr(web, "WEB", tmp_path / "web")
    monkeypatch.setattr(web, "STATIC", tmp_path / "_static")
    for name, text in {
        "web/src/page.tsx": "page",
        "web/src/page.test.ts": "test",
        "web/package.json": "{}",
        "web/node_modules/react/index.js": "react",
        "_static/index.html": "built",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    web.mark_current()
    return tmp_path


class TestCurrent:
    def test_a_page_is_current_until_a_source_changes(self, clone):
        assert web.is_current()
        (clone / "web/src/page.tsx").write_text("changed")
        assert not web.is_current()

    def test_a_new_source_makes_it_old(self, clone):
        (clone / "web/src/more.tsx").write_text("more")
        assert not web.is_current()

    def test_tests_and_installed_packages_do_not(self, clone):
        (clone / "web/src/page.test.ts").write_text("changed")
        (clone / "web/node_modules/react/index.js").write_text("changed")
        assert web.is_current()

    def test_nothing_built_is_not_current(self, clone):
        (clone / "_static/index.html").unlink()
        assert not web.is_current()


class TestLock:
    lock = (web.WEB / "pnpm-lock.yaml").read_text()

    def test_it_names_no_registry(self):
        assert re.search(r"https?://|tarball:", self.lock) is None

    def test_each_package_is_checked_by_its_hash(self):
        packages = self.lock.partition("\npackages:\n")[2].partition("\nsnapshots:\n")[0]
        entries = re.findall(r"^  \S.*:\n    resolution: \{(\w+):", packages, re.MULTILINE)
        assert len(entries) > 50
        assert set(entries) == {"integrity"}

    def test_the_package_manager_and_all_versions_are_pinned(self):
        package = json.loads((web.WEB / "package.json").read_text())
        assert re.fullmatch(r"pnpm@\d+\.\d+\.\d+", package["packageManager"])
        versions = {**package["dependencies"], **package["devDependencies"]}
        assert [name for name, one in versions.items() if not re.fullmatch(r"\d[\d.]*", one)] == []
