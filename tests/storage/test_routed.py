"""Where files go, and that they are found there whatever the rules say later."""

from pathlib import Path
from uuid import uuid4

import pytest

from boards.adapters.storage.objects import ObjectStorage
from boards.adapters.storage.routed import RoutedStorage
from boards.adapters.storage.routing import Rule, Subject, place_of, placed, provider_for
from boards.domain.artifacts import ArtifactType
from boards.errors import NotFound, StorageError

TENANT, BOARD = uuid4(), uuid4()
IMAGE, VIDEO = ArtifactType.IMAGE, ArtifactType.VIDEO


def subject(**changes: object) -> Subject:
    known = {"tenant_id": TENANT, "artifact_type": IMAGE, "size": 1000, "board_id": BOARD}
    return Subject(**{**known, "generator": "fal-flux", **changes})  # type: ignore[arg-type]


class TestRules:
    @pytest.mark.parametrize(
        ("rule", "fits", "not_fits"),
        [
            ({}, {}, None),
            ({"artifact_types": frozenset({VIDEO})}, {"artifact_type": VIDEO}, {}),
            ({"size_gt": 1000}, {"size": 1001}, {}),
            ({"size_gt": 1000}, {"size": 1001}, {"size": None}),
            ({"size_lte": 1000}, {}, {"size": 1001}),
            ({"tenants": frozenset({TENANT})}, {}, {"tenant_id": uuid4()}),
            ({"boards": frozenset({BOARD})}, {}, {"board_id": None}),
            ({"generators": ("fal-*",)}, {}, {"generator": "luma"}),
            ({"generators": ("luma", "fal-flux")}, {}, {"generator": None}),
            (
                {"artifact_types": frozenset({IMAGE}), "size_gt": 10},
                {},
                {"artifact_type": VIDEO},
            ),
        ],
    )
    def test_a_rule_fits_what_meets_all_of_it(self, rule, fits, not_fits):
        made = Rule(provider="cloud", **rule)
        assert made.fits(subject(**fits))
        assert not_fits is None or not made.fits(subject(**not_fits))

    def test_the_first_that_fits_decides_and_else_the_default(self):
        rules = [
            Rule(provider="films", artifact_types=frozenset({VIDEO})),
            Rule(provider="large", size_gt=100),
        ]
        assert provider_for(subject(artifact_type=VIDEO), rules, "local") == "films"
        assert provider_for(subject(), rules, "local") == "large"
        assert provider_for(subject(size=5), rules, "local") == "local"

    def test_the_place_stands_in_the_key(self):
        key = placed(f"{TENANT}/2026/11/image/x.png", "cloud-2")
        assert key == f"{TENANT}/at.cloud-2/2026/11/image/x.png"
        assert place_of(key) == "cloud-2"
        assert place_of(f"{TENANT}/2026/11/image/x.png") is None
        assert place_of(f"{TENANT}/receipts/x.json") is None


class TestPlaces:
    @pytest.fixture
    def stores(self, tmp_path: Path) -> dict[str, ObjectStorage]:
        return {
            "local": ObjectStorage.local(tmp_path / "files"),
            "films": ObjectStorage.memory(),
        }

    @pytest.fixture
    def storage(self, stores: dict[str, ObjectStorage]) -> RoutedStorage:
        rule = Rule(provider="films", artifact_types=frozenset({VIDEO}))
        return RoutedStorage(stores, default="local", rules=[rule])

    async def test_a_file_lies_where_its_rule_says(self, storage, stores):
        film = storage.new_key(TENANT, VIDEO, "mp4", size=3)
        picture = storage.new_key(TENANT, IMAGE, "png", size=3)
        await storage.put(film, b"mp4")
        await storage.put(picture, b"png")
        assert [found.key async for found in stores["films"].list()] == [film]
        assert [found.key async for found in stores["local"].list()] == [picture]
        assert storage.local_path(picture) is not None
        assert storage.local_path(film) is None

    async def test_other_rules_and_another_default_lose_nothing(self, storage, stores):
        film, picture = (storage.new_key(TENANT, kind, "bin") for kind in (VIDEO, IMAGE))
        await storage.put(film, b"a film")
        await storage.put(picture, b"a picture")
        turned = RoutedStorage(stores, default="films", rules=[Rule(provider="local", size_lte=10)])
        assert await turned.read(film, max_bytes=10) == b"a film"
        assert await turned.read(picture, max_bytes=10) == b"a picture"
        assert place_of(turned.new_key(TENANT, VIDEO, "mp4")) == "films"
        assert sorted([found.key async for found in turned.list(str(TENANT))]) == sorted(
            [film, picture]
        )
        await turned.delete(film)
        assert await storage.size(film) is None

    async def test_a_key_of_before_places_is_looked_for_everywhere(self, storage, stores):
        """So is a receipt, whose run may have died before the default was another."""
        old, receipt = f"{TENANT}/2026/01/image/x.png", f"{TENANT}/receipts/x.json"
        await stores["films"].put(old, b"0123456789")
        await stores["films"].put(receipt, b"{}")
        assert await storage.size(old) == 10
        assert await storage.read(receipt, max_bytes=10) == b"{}"
        assert b"".join([part async for part in storage.stream(old, start=2, end=4)]) == b"23"
        assert not await storage.verify(old, "00")
        await storage.delete(old)
        assert await storage.size(old) is None
        with pytest.raises(NotFound):
            await storage.read(old, max_bytes=10)

    async def test_a_place_that_is_named_no_more_is_said_by_its_name(self, storage, stores):
        film = storage.new_key(TENANT, VIDEO, "mp4")
        await storage.put(film, b"a film")
        alone = RoutedStorage({"local": stores["local"]}, default="local")
        for broken in (alone.size(film), alone.read(film, max_bytes=10), alone.delete(film)):
            with pytest.raises(StorageError, match=r"'films', which storage\.yaml does not name"):
                await broken
        assert await storage.read(film, max_bytes=10) == b"a film"

    async def test_two_in_one_bucket_do_not_list_each_other_s(self, tmp_path):
        shared = ObjectStorage.memory()
        storage = RoutedStorage({"a": shared, "b": shared}, default="a")
        key = storage.new_key(TENANT, IMAGE, "png")
        await storage.put(key, b"x")
        assert [found.key async for found in storage.list()] == [key]
