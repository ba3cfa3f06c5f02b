"""Workspaces: files are the truth, saves overwrite nothing unseen, rights are the board's."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from boards.adapters.workspaces.folder.git import Repository
from boards.domain.access import TokenScope
from boards.services.ports import SYSTEM, Tx
from boards.testing.generators import tiny_png
from tests.stories.conftest import API, Reel


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-c", "user.name=Somebody", "-c", "user.email=s@example.com", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


class TestFilesAreTheTruth:
    async def test_a_hand_edited_storyboard_is_seen_at_the_next_read(self, reel: Reel) -> None:
        before = await reel.begin("A red boat")
        file = reel.folder / "storyboard.json"
        data = json.loads(file.read_text())
        data["cards"].append({"kind": "overlay", "scene": "By hand"})
        data["colour"] = "blue"
        file.write_text(json.dumps(data))

        after = await reel.ask("GET", "")

        assert after["revision"] != before["revision"]
        assert after["storyboard"]["cards"][1]["scene"] == "By hand"
        assert after["storyboard"]["cards"][1]["id"] == 2
        assert after["storyboard"]["colour"] == "blue"

    async def test_a_corrupt_storyboard_is_told_with_its_line_and_not_touched(
        self, reel: Reel
    ) -> None:
        await reel.begin("A red boat")
        file = reel.folder / "storyboard.json"
        broken = '{\n  "title": "Night",\n  "cards": [\n    {"kind": "overlay",}\n  ]\n}\n'
        file.write_text(broken)

        told = await reel.ask("GET", "", status=409)
        await reel.ask("POST", "/cards/1/generate", status=409, json={})
        await reel.ask("POST", "/cards/1/pick", status=409, json={"take": "01-1.png"})

        assert "line 4" in told["detail"]
        assert "it was not touched" in told["detail"]
        assert file.read_text() == broken

    async def test_what_is_made_meanwhile_is_delivered_all_the_same(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        started = await reel.ask("POST", "/cover/generate", status=202, json={})
        await reel.studio.ended(UUID(started["job_id"]))
        file = reel.folder / "storyboard.json"
        whole = file.read_text()
        file.write_text("{")

        job = await reel.job(started["job_id"])
        file.write_text(whole)
        picked = await reel.ask("POST", "/cover/pick", json={"take": "cover-1"})

        assert job["takes"][0]["file"] == "cover-1.png"
        assert picked["media"]["path"] == "cover.png"

    @pytest.mark.parametrize(
        ("text", "line", "said"),
        [
            ('{"cards": [\n {"kind": "sticker"}]}', 2, "cards.0.kind"),
            ('{"title": "a",\n "title": "b"}', 1, "stands there twice"),
            ('{"settings": {\n\n "takes": 0}}', 3, "settings.takes"),
            ("[1, 2]", 1, "no JSON object"),
        ],
    )
    async def test_a_fault_is_told_with_its_line(
        self, reel: Reel, text: str, line: int, said: str
    ) -> None:
        await reel.begin("A red boat")
        (reel.folder / "storyboard.json").write_text(text)

        told = await reel.ask("GET", "", status=409)

        assert f"line {line}: " in told["detail"]
        assert said in told["detail"]

    async def test_a_broken_rule_is_shown_and_only_that_card_cannot_be_made(
        self, reel: Reel
    ) -> None:
        await reel.begin("A red boat")
        file = reel.folder / "storyboard.json"
        file.write_text('{"cards": [\n{"scene": "A boat"},\n{"kind": "overlay"}\n]}')

        story = await reel.ask("GET", "")
        refused = await reel.ask("POST", "/cards/2/generate", status=400, json={})
        await reel.generate("/cards/1/generate", takes=1)

        assert [(one["line"], one["at"]) for one in story["problems"]] == [(3, "cards.1")]
        assert "Card 2 has no scene" in refused["detail"]

    async def test_takes_dropped_in_by_hand_can_be_picked(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        takes = reel.folder / "cards" / "takes"
        takes.mkdir(parents=True)
        (takes / "01-7.png").write_bytes(tiny_png(7))

        await reel.ask("POST", "/cards/1/pick", json={"take": "01-7"})
        job = await reel.generate(takes=1)

        assert [take["file"] for take in job["takes"]] == ["01-8.png"]

    async def test_an_escaping_path_in_the_file_is_a_problem_and_is_not_read(
        self, reel: Reel
    ) -> None:
        await reel.begin("A red boat")
        card = {"id": 1, "scene": "x", "references": ["../../../etc/hosts"]}
        (reel.folder / "storyboard.json").write_text(json.dumps({"cards": [card]}))

        refused = await reel.ask("POST", "/cards/1/generate", status=422, json={})

        assert "no path in a workspace" in refused["detail"]


class TestSaves:
    async def test_a_save_on_an_older_revision_is_refused_and_loses_nothing(
        self, reel: Reel
    ) -> None:
        story = await reel.begin("A red boat")
        await reel.edit(title="By somebody else")

        body = {"revision": story["revision"], "storyboard": {"title": "Mine", "cards": []}}
        refused = await reel.ask("PUT", "", status=409, json=body)

        assert "Read it again" in refused["detail"]
        assert (await reel.ask("GET", ""))["storyboard"]["title"] == "By somebody else"

    async def test_a_save_that_breaks_a_rule_is_refused(self, reel: Reel) -> None:
        story = await reel.begin("A red boat")

        body = {"revision": story["revision"], "storyboard": {"cards": [{"kind": "overlay"}]}}
        refused = await reel.ask("PUT", "", status=422, json=body)

        assert refused["problems"][0]["at"] == "cards.0"

    async def test_takes_stay_with_their_card_when_cards_change_places(self, reel: Reel) -> None:
        await reel.begin("A red boat", "A blue train")
        made = await reel.generate("/cards/generate", takes=1)

        moved = await reel.ask("PUT", "/order", json={"ids": [2, 1]})

        assert [card["id"] for card in moved["storyboard"]["cards"]] == [2, 1]
        assert await reel.takes(1) == ["02-1.png"]
        job = await reel.job(made["job_id"])
        assert [(item["card"], item["card_id"]) for item in job["items"]] == [(2, 1), (1, 2)]
        await reel.ask("PUT", "/order", status=400, json={"ids": [2, 2]})

    async def test_themes_are_added_changed_and_removed(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        theme = {"style": "All in chalk", "aspect": "1:1"}

        await reel.ask("PUT", "/themes/chalk", json=theme)
        await reel.edit(theme="chalk")
        await reel.ask("DELETE", "/themes/chalk", status=409)
        listed = await reel.ask("GET", "/themes")
        await reel.edit(theme="film")
        await reel.ask("DELETE", "/themes/chalk")

        chalk = next(one for one in listed["items"] if one["name"] == "chalk")
        assert chalk["own"]
        assert chalk["current"]
        assert {one["name"] for one in listed["items"]} >= {"ink", "poster", "studio"}
        await reel.ask("DELETE", "/themes/film", status=404)


class TestProjects:
    async def test_are_made_listed_renamed_duplicated_and_deleted(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        await reel.generate(takes=1)
        await reel.ask("POST", "/rename", json={"slug": "boat"})
        await reel.ask("GET", "", status=404)
        reel.slug = "boat"
        await reel.ask("POST", "/duplicate", status=201, json={"slug": "copy"})

        listed = (await reel.http.get(API)).json()
        assert {one["slug"] for one in listed["items"]} == {"boat", "copy"}
        assert await reel.takes() == ["01-1.png"]
        reel.slug = "copy"
        again = await reel.generate(takes=1)
        assert again["cost_actual"]["amount"] == "0"

        await reel.ask("DELETE", "", status=204)
        await reel.ask("GET", "", status=404)
        kept = list((reel.root / str(reel.studio.actor.tenant_id) / ".trash").iterdir())
        assert [one.name[:5] for one in kept] == ["copy-"]

    async def test_two_of_one_name_are_refused(self, reel: Reel) -> None:
        await reel.begin("A red boat")

        taken = await reel.http.post(API, json={"slug": "reel"})
        wrong = await reel.http.post(API, json={"slug": "../up"})

        assert taken.status_code == 409
        assert wrong.status_code == 422

    async def test_a_folder_put_there_by_hand_is_opened(self, reel: Reel) -> None:
        reel.folder.mkdir(parents=True)
        (reel.folder / "storyboard.json").write_text('{"title": "A clone"}')

        await reel.ask("GET", "", status=404)
        opened = await reel.ask("POST", "/open", json={})
        none = await reel.ask("POST", "/open", status=404, json={}, slug="nothing")

        assert opened["storyboard"]["title"] == "A clone"
        assert opened["where"] == str(reel.folder)
        assert "nothing is at" in none["detail"]

    @pytest.mark.parametrize("form", ["folder", "storage", "memory"])
    async def test_all_forms_keep_the_same_rules(self, reel: Reel, form: str) -> None:
        story = await reel.begin("A red boat", form=form)
        await reel.generate(takes=2)
        await reel.ask("POST", "/cards/1/pick", json={"take": "01-2.png"})
        await reel.upload("/assets", tiny_png(4), kind="cover")
        body = {"revision": story["revision"], "storyboard": {"cards": []}}
        await reel.ask("PUT", "", status=409, json=body)
        await reel.ask("POST", "/duplicate", status=201, json={"slug": "copy"})

        for slug in ("reel", "copy"):
            found = await reel.ask("GET", "", slug=slug)
            assert found["storyboard"]["cards"][0]["media"]["take"] == "01-2.png"
            cover = await reel.ask("GET", "/takes/cover.png", slug=slug)
            assert cover == tiny_png(4)
            part = await reel.http.get(
                f"{API}/{slug}/takes/01-1.png", headers={"Range": "bytes=0-7"}
            )
            assert part.status_code == 206
            assert part.content == b"\x89PNG\r\n\x1a\n"
        await reel.ask("DELETE", "", status=204)

    async def test_one_in_memory_is_gone_with_its_process(self, reel: Reel) -> None:
        await reel.begin("A red boat", form="memory")
        reel.memory.forget_unused()
        for workspace_id in reel.memory.held():
            del reel.memory._held[workspace_id]

        gone = await reel.ask("GET", "", status=404)
        listed = (await reel.http.get(API)).json()

        assert "memory of a process that has ended" in gone["detail"]
        assert listed["items"] == []


async def test_a_story_goes_with_its_board_when_that_is_gone_for_good(reel: Reel) -> None:
    story = await reel.begin("A red boat")
    board_id, now = UUID(story["board_id"]), reel.studio.clock.now()
    assert await reel.stories.workspaces.discard_orphans() == 0

    def work(tx: Tx) -> None:
        tx.trash.delete_board(board_id, now=now)
        tx.trash.purge_board(board_id, now=now)

    await reel.studio.database.write(work, scope=SYSTEM)

    assert await reel.stories.workspaces.discard_orphans() == 1
    assert not reel.folder.exists()


class TestGit:
    async def begin(self, reel: Reel) -> None:
        body = {
            "slug": reel.slug,
            "storyboard": {"cards": [{"scene": "A red boat"}]},
        }
        answer = await reel.http.post(API, json=body)
        assert answer.json()["commit"], answer.text

    async def test_each_save_is_a_commit_and_takes_are_not_in_it(self, reel: Reel) -> None:
        await self.begin(reel)
        await reel.generate(takes=1)

        picked = await reel.ask("POST", "/cards/1/pick", json={"take": "01-1.png"})

        assert picked["commit"] == git(reel.folder, "rev-parse", "HEAD")
        assert git(reel.folder, "log", "--format=%s").splitlines() == [
            "Pick 01-1.png",
            "Begin the story",
        ]
        assert git(reel.folder, "status", "--porcelain") == ""
        assert git(reel.folder, "ls-files").splitlines() == [
            ".gitignore",
            "cards/01.png",
            "storyboard.json",
        ]

    async def test_what_somebody_has_staged_stays_theirs(self, reel: Reel) -> None:
        await self.begin(reel)
        (reel.folder / "notes.txt").write_text("mine")
        git(reel.folder, "add", "notes.txt")

        await reel.edit(title="Changed")

        assert git(reel.folder, "status", "--porcelain") == "A  notes.txt"

    async def test_no_program_of_the_repository_is_run(self, reel: Reel) -> None:
        await self.begin(reel)
        trap = reel.root.parent / "ran"
        for name in ("pre-commit", "post-commit", "reference-transaction", "post-index-change"):
            hook = reel.folder / ".git" / "hooks" / name
            hook.parent.mkdir(exist_ok=True)
            hook.write_text(f"#!/bin/sh\ntouch {trap}\n")
            hook.chmod(0o755)
        git(reel.folder, "config", "filter.evil.clean", f"touch {trap}; cat")
        git(reel.folder, "config", "core.fsmonitor", f"touch {trap}")
        git(reel.folder, "config", "commit.gpgSign", "true")
        (reel.folder / ".gitattributes").write_text("* filter=evil\n")

        saved = await reel.edit(title="Changed")

        assert saved["commit"]
        assert not trap.exists()

    async def test_a_commit_that_fails_is_shown_and_the_save_holds(self, reel: Reel) -> None:
        await self.begin(reel)
        head = reel.folder / ".git" / "HEAD"
        head.write_text("no repository any more")

        saved = await reel.edit(title="Changed")

        assert saved["commit"] is None
        assert saved["note"].startswith("Saved, but not committed")
        assert json.loads((reel.folder / "storyboard.json").read_text())["title"] == "Changed"

    async def test_a_repository_around_the_workspace_is_not_committed_to(
        self, tmp_path: Path
    ) -> None:
        git(tmp_path, "init", "--quiet")
        inside = tmp_path / "story"
        inside.mkdir()

        assert not Repository(folder=inside).is_there


class TestRights:
    async def test_are_those_of_the_board(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        owner = reel.acting[0]
        reel.acting[0] = await reel.studio.colleague()
        await reel.ask("GET", "", status=404)
        await reel.ask("POST", "/cards/1/generate", status=404, json={})
        assert (await reel.http.get(API)).json()["items"] == []

        reel.acting[0] = await reel.studio.another_tenant()
        await reel.ask("GET", "", status=404)
        await reel.ask("GET", "/takes/01-1.png", status=404)

        reel.acting[0] = replace(owner, scopes=frozenset({TokenScope.READ}))
        await reel.ask("GET", "")
        await reel.ask("POST", "/cards/1/generate", status=403, json={})
        await reel.ask("PUT", "/order", status=403, json={"ids": [1]})
        await reel.ask("DELETE", "", status=403)

    async def test_only_who_runs_the_server_is_told_where_it_keeps_things(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        told = await reel.ask("GET", "")
        reel.acting[0] = replace(reel.acting[0], platform_admin=False)

        untold = await reel.ask("GET", "")
        none = await reel.ask("POST", "/open", status=404, json={}, slug="nothing")

        assert told["where"] == str(reel.folder)
        assert untold["where"] is None
        assert str(reel.root) not in none["detail"]

    async def test_a_job_of_another_workspace_is_not_found(self, reel: Reel) -> None:
        await reel.begin("A red boat")
        started = await reel.ask("POST", "/cards/1/generate", status=202, json={"takes": 1})
        reel.slug = "second"
        await reel.begin("Another")

        await reel.ask("GET", f"/jobs/{started['job_id']}", status=404)
