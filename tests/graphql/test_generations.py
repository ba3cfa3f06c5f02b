"""Generations over GraphQL: priced, made, listed, cancelled, deleted, and what went into them."""

from dataclasses import replace

import pytest

from boards.api.graphql.artifacts import artifact_of
from boards.api.links import Links
from boards.domain.artifacts import ArtifactType, MediaFacts, StoredFile
from boards.domain.generations import Phase
from boards.ids import new_id
from boards.services.ports import SYSTEM
from tests.events.reader import Counting, member
from tests.graphql.asking import Ask, Server
from tests.services.studio import Studio

RUN = """
    mutation (
      $name: String!, $inputs: JSON!, $boardId: UUID, $takes: Int! = 1, $force: Boolean! = false,
      $priority: Int! = 0
    ) {
      runGeneration(
        generatorName: $name, inputs: $inputs, boardId: $boardId, takes: $takes, force: $force,
        priority: $priority
      ) { id jobId boardId status phase costEstimate { amount known } inputParams }
    }
"""
ESTIMATE = """
    query ($name: String!, $takes: Int! = 1) {
      estimate(generatorName: $name, inputs: {}, takes: $takes) {
        amount currency known confidence basis { unit units unitPrice } cachedUnits
      }
    }
"""
RECENT = """
    query (
      $boardId: UUID, $status: GenerationStatus, $type: ArtifactType, $limit: Int, $offset: Int
    ) {
      recentGenerations(
        boardId: $boardId, status: $status, artifactType: $type, limit: $limit, offset: $offset
      ) { id status }
    }
"""


class TestPricing:
    async def test_an_estimate_says_what_all_takes_cost_and_spends_nothing(
        self, studio: Studio, ask: Ask
    ):
        found = (await ask(ESTIMATE, name="fake-paid", takes=4))["estimate"]
        assert (found["amount"], found["known"], found["currency"]) == ("1", True, "USD")
        assert (await ask(RECENT))["recentGenerations"] == []

    async def test_an_unknown_price_is_null_and_never_zero(self, ask: Ask):
        found = (await ask(ESTIMATE, name="unpriced"))["estimate"]
        assert (found["amount"], found["known"]) == (None, False)


class TestRunning:
    async def test_what_is_asked_is_written_and_the_first_take_given(
        self, studio: Studio, ask: Ask
    ):
        board = await studio.boards.create(studio.actor, "Boats")
        ran = await ask(
            RUN,
            name="fake-paid",
            inputs={"prompt": "a boat"},
            boardId=str(board.id),
            takes=3,
            priority=5,
            force=True,
        )
        first = ran["runGeneration"]
        assert (first["status"], first["phase"]) == ("PENDING", "PENDING")
        assert first["boardId"] == str(board.id)
        assert first["inputParams"] == {"prompt": "a boat"}
        assert first["costEstimate"] == {"amount": "0.25", "known": True}
        view = (await studio.jobs.list(studio.actor, board_id=None, limit=9, cursor=None)).items[0]
        assert str(view.job.id) == first["jobId"]
        assert [one.priority for one in view.generations] == [5, 5, 5]

    async def test_inputs_may_stand_in_the_document_itself(self, ask: Ask):
        ran = await ask(
            'mutation { runGeneration(generatorName: "sample", inputs: {prompt: "x"}) '
            "{ inputParams } }"
        )
        assert ran["runGeneration"]["inputParams"] == {"prompt": "x"}

    @pytest.mark.parametrize(
        ("sent", "code"),
        [
            ({"name": "no-such"}, "NOT_FOUND"),
            ({"takes": 0}, "INVALID_INPUT"),
            ({"takes": 51}, "INVALID_INPUT"),
            ({"priority": 1000}, "INVALID_INPUT"),
            ({"inputs": {"prompt": ""}}, "INVALID_INPUT"),
            ({"inputs": {"prompt": "\x00"}}, "INVALID_INPUT"),
            ({"inputs": []}, "INVALID_INPUT"),
            ({"inputs": "text"}, "INVALID_INPUT"),
            ({"boardId": str(new_id())}, "NOT_FOUND"),
        ],
    )
    async def test_what_cannot_be_is_refused_by_code(self, ask: Ask, sent: dict, code: str):
        variables = {"name": "sample", "inputs": {}} | sent
        assert await ask.code(RUN, **variables) == code

    async def test_a_refusal_says_where(self, ask: Ask):
        error = await ask.error(RUN, name="sample", inputs={}, takes=77)
        assert error["extensions"]["problems"][0]["at"] == "takes"
        assert error["path"] == ["runGeneration"]

    async def test_create_generation_checks_that_the_generator_makes_what_is_asked(
        self, studio: Studio, ask: Ask
    ):
        board = await studio.boards.default(studio.actor)
        create = """
            mutation ($input: CreateGenerationInput!) {
              createGeneration(input: $input) { generatorName artifactType boardId }
            }
        """
        given = {"boardId": str(board.id), "generatorName": "sample", "inputParams": {}}
        wrong = await ask.error(create, input={**given, "artifactType": "VIDEO"})
        assert wrong["extensions"]["problems"][0]["at"] == "artifactType"
        right = await ask(create, input={**given, "artifactType": "IMAGE"})
        assert right["createGeneration"] == {
            "generatorName": "sample",
            "artifactType": "IMAGE",
            "boardId": str(board.id),
        }


class TestEnding:
    async def test_what_waits_is_cancelled_and_then_deleted(self, studio: Studio, ask: Ask):
        ran = (await ask(RUN, name="sample", inputs={}))["runGeneration"]
        delete = "mutation ($id: UUID!) { deleteGeneration(id: $id) }"
        assert await ask.code(delete, id=ran["id"]) == "CONFLICT"
        cancel = "mutation ($id: UUID!) { cancelGeneration(id: $id) { id status } }"
        cancelled = await ask(cancel, id=ran["id"])
        assert cancelled["cancelGeneration"] == {"id": ran["id"], "status": "CANCELLED"}
        assert await ask.code(cancel, id=ran["id"]) == "CONFLICT"
        assert (await ask(delete, id=ran["id"])) == {"deleteGeneration": True}
        look = "query ($id: UUID!) { generation(id: $id) { id } }"
        assert (await ask(look, id=ran["id"])) == {"generation": None}

    async def test_a_failure_is_shown_without_its_private_text(self, studio: Studio, ask: Ask):
        async with studio.process():
            view = await studio.make("crashes")
        look = """
            query ($id: UUID!) {
              generation(id: $id) { status errorMessage error { code message errorId } }
            }
        """
        found = (await ask(look, id=str(view.generations[0].id)))["generation"]
        assert found["status"] == "FAILED"
        assert found["errorMessage"] == found["error"]["message"]
        assert found["error"]["errorId"]
        assert "hunter2" not in str(found)


class TestListing:
    async def test_the_newest_come_first_and_filters_hold(self, studio: Studio, ask: Ask):
        ids = []
        for _ in range(3):
            studio.clock.advance(1)
            ids.append((await ask(RUN, name="sample", inputs={}))["runGeneration"]["id"])
        await ask("mutation ($id: UUID!) { cancelGeneration(id: $id) { id } }", id=ids[0])

        async def listed(**which: object) -> list[str]:
            return [one["id"] for one in (await ask(RECENT, **which))["recentGenerations"]]

        assert await listed() == ids[::-1]
        assert await listed(limit=1, offset=1) == [ids[1]]
        assert await listed(limit=None, offset=None) == ids[::-1]
        assert await listed(offset=3) == []
        assert await listed(status="CANCELLED") == [ids[0]]
        assert await listed(type="VIDEO") == []
        assert await listed(boardId=str(new_id())) == []

    async def test_an_offset_reaches_beyond_one_page_of_the_service(
        self, studio: Studio, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("boards.api.graphql.lists.LARGEST", 2)
        await ask(RUN, name="sample", inputs={}, takes=7)
        everything = (await ask(RECENT, limit=2))["recentGenerations"]
        for offset in (2, 4, 6):
            everything += (await ask(RECENT, limit=2, offset=offset))["recentGenerations"]
        assert len({one["id"] for one in everything}) == 7

    @pytest.mark.parametrize(
        "which", [{"limit": 0}, {"limit": -1}, {"limit": 201}, {"offset": -1}, {"offset": 5000}]
    )
    async def test_a_limit_outside_of_the_bounds_is_refused(self, ask: Ask, which: dict):
        error = await ask.error(RECENT, **which)
        assert error["extensions"]["code"] == "INVALID_INPUT"
        assert error["extensions"]["problems"][0]["at"] in which


class TestLineage:
    async def made(self, studio: Studio) -> tuple[str, str]:
        """An image, and one made from it."""
        async with studio.process():
            source = (await studio.make("sample")).generations[0]
            use = (await studio.make("uses", image=str(source.id))).generations[0]
        return str(source.id), str(use.id)

    async def test_inputs_are_told_with_their_role(self, studio: Studio, ask: Ask):
        source, use = await self.made(studio)
        document = """
            query ($id: UUID!) {
              generation(id: $id) {
                inputArtifacts { generationId role artifactType generation { id status } }
              }
            }
        """
        found = (await ask(document, id=use))["generation"]["inputArtifacts"]
        assert found == [
            {
                "generationId": source,
                "role": "image",
                "artifactType": "IMAGE",
                "generation": {"id": source, "status": "COMPLETED"},
            }
        ]

    async def test_both_trees_are_told(self, studio: Studio, ask: Ask):
        source, use = await self.made(studio)
        document = """
            query ($source: UUID!, $use: UUID!) {
              up: generation(id: $use) {
                ancestry { generation { id } depth role parents { generation { id } depth role } }
              }
              down: generation(id: $source) {
                descendants(maxDepth: 1) { generation { id } children { generation { id } role } }
              }
            }
        """
        found = await ask(document, source=source, use=use)
        assert found["up"]["ancestry"] == {
            "generation": {"id": use},
            "depth": 0,
            "role": None,
            "parents": [{"generation": {"id": source}, "depth": 1, "role": "image"}],
        }
        assert found["down"]["descendants"]["children"] == [
            {"generation": {"id": use}, "role": "image"}
        ]

    async def test_what_may_not_be_seen_is_left_out(self, studio: Studio, server: Server, ask: Ask):
        private = await studio.boards.create(studio.actor, "Private")
        shared = await studio.boards.create(studio.actor, "Shared")
        viewer = await member(studio, shared.id)
        async with studio.process():
            source = (await studio.make("sample", board_id=private.id)).generations[0]
            use = (await studio.make("uses", board_id=shared.id, image=str(source.id))).generations[
                0
            ]
        server.actor = viewer
        document = """
            query ($id: UUID!) {
              generation(id: $id) {
                inputArtifacts { generationId generation { id } }
                ancestry { parents { generation { id } } }
              }
            }
        """
        found = (await ask(document, id=str(use.id)))["generation"]
        assert found["inputArtifacts"] == [{"generationId": str(source.id), "generation": None}]
        assert found["ancestry"]["parents"] == []

    async def test_a_visitor_of_a_public_board_sees_no_inputs(
        self, studio: Studio, server: Server, ask: Ask
    ):
        board = await studio.boards.create(studio.actor, "Open", is_public=True)
        async with studio.process():
            source = (await studio.make("sample", board_id=board.id)).generations[0]
            use = (await studio.make("uses", board_id=board.id, image=str(source.id))).generations[
                0
            ]
        server.actor = replace(await studio.colleague(), user_id=None)
        document = """
            query ($id: UUID!) {
              generation(id: $id) {
                storageUrl inputParams cost { amount } inputArtifacts { generationId }
                board { title }
              }
            }
        """
        found = (await ask(document, id=str(use.id)))["generation"]
        assert found["storageUrl"]
        assert found["board"] == {"title": "Open"}
        assert (found["inputParams"], found["cost"], found["inputArtifacts"]) == ({}, None, [])

    async def test_boards_and_inputs_of_a_list_are_looked_up_at_once(
        self, studio: Studio, server: Server
    ):
        async with studio.process():
            source = (await studio.make("sample")).generations[0]
            await studio.make("uses", takes=20, image=str(source.id))
        database = Counting(studio.database)
        server.database = database
        document = """
            { recentGenerations {
                id board { title } inputArtifacts { generation { board { id } } } } }
        """
        async with server.client() as client:
            found = await Ask(client)(document)
        assert len(found["recentGenerations"]) == 21
        # Boards of the list, inputs of the list, boards of the inputs (known by then).
        assert database.reads == 2

    async def test_a_depth_outside_of_the_bounds_is_refused(self, studio: Studio, ask: Ask):
        generation = (await ask(RUN, name="sample", inputs={}))["runGeneration"]
        document = """
            query ($id: UUID!, $depth: Int!) {
              generation(id: $id) { ancestry(maxDepth: $depth) { depth } }
            }
        """
        for depth in (0, 101):
            assert await ask.code(document, id=generation["id"], depth=depth) == "INVALID_INPUT"


class TestArtifacts:
    @pytest.mark.parametrize(
        ("kind", "name"),
        [
            (ArtifactType.IMAGE, "ImageArtifact"),
            (ArtifactType.VIDEO, "VideoArtifact"),
            (ArtifactType.AUDIO, "AudioArtifact"),
            (ArtifactType.TEXT, "TextArtifact"),
            (ArtifactType.LORA, "LoRArtifact"),
        ],
    )
    async def test_each_type_has_its_own_shape(self, studio: Studio, kind: ArtifactType, name: str):
        row = (await studio.jobs.get(studio.actor, await studio.ask("sample"))).generations[0]
        links = Links(base="http://localhost")
        file = StoredFile(
            key="a/b.bin", size=3, sha256="0" * 64, facts=MediaFacts(format="bin", mime="x/y")
        )
        made = replace(row, artifact_type=kind, phase=Phase.COMPLETED, file=file, content="words")
        artifact = artifact_of(made, links)
        assert type(artifact).__name__ == name
        assert artifact_of(replace(made, phase=Phase.CANCELLED), links) is None

    async def test_additional_files_have_addresses(self, studio: Studio, ask: Ask):
        async with studio.process():
            view = await studio.make("many")
        document = """
            query ($id: UUID!) { generation(id: $id) { additionalFiles { url type metadata } } }
        """
        primary = str(view.generations[0].id)
        files = (await ask(document, id=primary))["generation"]["additionalFiles"]
        assert files
        assert all(f"/generations/{primary}/files/" in file["url"] for file in files)
        assert {"role", "format", "mime", "size"} == set(files[0]["metadata"])


async def test_another_tenants_generation_is_as_good_as_missing(
    studio: Studio, server: Server, ask: Ask
):
    job_id = await studio.ask("sample")
    (generation,) = (await studio.jobs.get(studio.actor, job_id)).generations
    server.actor = await studio.another_tenant()
    look = "query ($id: UUID!) { generation(id: $id) { id } recentGenerations { id } }"
    assert await ask(look, id=str(generation.id)) == {"generation": None, "recentGenerations": []}
    for name in ("cancelGeneration", "deleteGeneration"):
        fields = " { id }" if name == "cancelGeneration" else ""
        document = f"mutation ($id: UUID!) {{ {name}(id: $id){fields} }}"
        assert await ask.code(document, id=str(generation.id)) == "NOT_FOUND"
    row = await studio.database.read(lambda tx: tx.generations.get(generation.id), scope=SYSTEM)
    assert row is not None
    assert row.phase is Phase.PENDING
