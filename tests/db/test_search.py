"""Search finds the same on both databases, whatever is typed, and nothing of another tenant."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from boards.adapters.db import tables
from boards.adapters.db.door import Door
from boards.domain.generations import Generation, Phase
from boards.domain.search import Order, terms_of
from boards.domain.tags import Note, Tag
from boards.ids import new_id
from boards.services.ports import GenerationFilter, Page, Scope, Tx, UploadRecord
from tests.db.world import NOW, World, door_of

ANY = GenerationFilter()

HOSTILE = [
    *('"', "'", "*", "-", "a OR", "NEAR(a b)", "col:x", "^a", "a AND", '"a" "', "{a}", "\\", "a\\"),
    *("a & b", "!a", "a <-> b", "a:*", "(", "a'; DROP TABLE generations; --", "\x00", "\ud800"),
    *("NOT", "AND", "or not and", "%", "_", "😀", "a" * 5000, "x " * 5000, "search_words", "a -a"),
]
WRITTEN = [
    *("1e5 0x1F 3d 16:9 v1.5 007", "user@mail.example/path?x=1", "foo_bar-baz", "x² ½ ﬁne Ⅷ"),
    *("한국어 문장", "Ελληνικά ΣΊΣΥΦΟΣ", "हिन्दी में", "العَرَبِيَّة", "İstanbul ǅ ß", "to be or not"),
]


async def prompted(world: World, *prompts: str, **changes: Any) -> list[UUID]:
    """One pending generation for each prompt, in this order."""
    return [(await world.add(input_params={"prompt": prompt}, **changes))[0] for prompt in prompts]


async def find(
    world: World,
    query: str,
    which: GenerationFilter = ANY,
    *,
    order: Order = Order.NEWEST,
    scope: Scope | None = None,
) -> list[UUID]:
    page = await world.read(
        lambda tx: tx.search.find(terms_of(query), which, order=order, limit=50, cursor=None),
        scope or world.home.scope,
    )
    return [one.id for one in page.items]


async def leaf_through(world: World, query: str, order: Order) -> list[UUID]:
    """Everything that is found, by pages of two."""
    seen: list[UUID] = []
    cursor: str | None = None

    def look(tx: Tx) -> Page[Generation]:
        return tx.search.find(terms_of(query), ANY, order=order, limit=2, cursor=cursor)

    while True:
        page = await world.read(look, world.home.scope)
        seen += [one.id for one in page.items]
        cursor = page.next
        if cursor is None:
            return seen


class TestWords:
    async def test_all_words_have_to_be_there_in_any_order(self, world: World) -> None:
        both, _ = await prompted(world, "a red lighthouse at dawn", "a red barn")
        assert await find(world, "lighthouse red") == [both]

    async def test_case_and_accents_do_not_matter(self, world: World) -> None:
        [one] = await prompted(world, "Crème BRÛLÉE, Zürich")
        assert await find(world, "creme brulee zurich ") == [one]
        assert await find(world, "ZÜRICH ") == [one]

    async def test_quoted_words_stand_side_by_side(self, world: World) -> None:
        apart, beside = await prompted(world, "red old house", "old red house")
        assert await find(world, '"red house"') == [beside]
        assert await find(world, "red house ") == [beside, apart]

    async def test_a_star_and_the_last_word_may_be_a_beginning(self, world: World) -> None:
        [one] = await prompted(world, "sunflowers by lantern light")
        assert await find(world, "sun* lantern ") == [one]
        assert await find(world, "lantern sunf") == [one]
        assert await find(world, "sunf ") == []
        assert await find(world, "sunf lantern") == []

    async def test_a_minus_leaves_out(self, world: World) -> None:
        cat, _ = await prompted(world, "a cat asleep", "a cat and a dog")
        assert await find(world, "cat -dog") == [cat]
        assert await find(world, "-dog") == []

    async def test_languages_without_spaces_are_found_by_parts(self, world: World) -> None:
        [one] = await prompted(world, "月明かりの猫の絵")
        assert await find(world, "猫の") == [one]
        assert await find(world, "猫絵") == []

    async def test_ids_and_addresses_and_what_is_unwanted_are_not_found(self, world: World) -> None:
        other = str(new_id())
        await world.add(
            input_params={
                "prompt": "a boat",
                "image": other,
                "negative_prompt": "blurry hands",
                "url": "https://files.example/secret plan",
            }
        )
        assert await find(world, f'"{other}"') == []
        assert await find(world, "blurry") == []
        assert await find(world, "secret") == []
        assert len(await find(world, "boat")) == 1

    async def test_the_generator_is_a_name(self, world: World) -> None:
        [one] = await world.add(generator_name="fal-flux-pro")
        assert await find(world, "flux") == [one]

    async def test_nothing_that_is_typed_is_an_error(self, world: World) -> None:
        await prompted(world, "a b")
        for query in HOSTILE:
            for order in (Order.NEWEST, Order.RELEVANCE):
                await find(world, query, order=order)
        assert await find(world, "b") != []

    async def test_whatever_was_written_is_found_by_its_words(self, world: World) -> None:
        for text in WRITTEN:
            [one] = await prompted(world, text)
            assert one in await find(world, f'"{text}"'), text


class TestWhatIsFound:
    async def test_another_tenant_s_things_are_not(self, world: World) -> None:
        [mine] = await prompted(world, "a secret garden")
        [theirs] = await world.add(world.abroad, input_params={"prompt": "a secret garden"})
        for order in Order:
            assert await find(world, "garden", order=order) == [mine]
            assert await find(world, "garden", order=order, scope=world.abroad.scope) == [theirs]

    async def test_what_is_in_the_trash_is_not(self, world: World) -> None:
        one, _ = await world.at(Phase.COMPLETED, input_params={"prompt": "a garden"})
        assert await find(world, "garden") == [one]
        await world.write(lambda tx: tx.generations.delete(one, now=NOW))
        assert await find(world, "garden") == []

    async def test_filters_narrow_it(self, world: World) -> None:
        board = await world.add_board(title="Another")
        [here] = await prompted(world, "a garden")
        [there] = await prompted(world, "a garden", board_id=board.id, provider="luma")
        on = GenerationFilter(board_ids=frozenset({board.id}))
        assert await find(world, "garden", on) == [there]
        assert await find(world, "garden", GenerationFilter(provider="fal")) == [here]
        assert await find(world, "garden", GenerationFilter(board_ids=frozenset())) == []
        later = GenerationFilter(since=NOW + timedelta(seconds=1))
        assert await find(world, "garden", later) == []

    async def test_orders(self, world: World) -> None:
        once, twice, long = await prompted(
            world, "garden", "garden garden", "a garden and " + "many other words " * 20
        )
        assert await find(world, "garden", order=Order.NEWEST) == [long, twice, once]
        assert await find(world, "garden", order=Order.OLDEST) == [once, twice, long]
        assert (await find(world, "garden", order=Order.RELEVANCE))[-1] == long

    async def test_pages_follow_each_other(self, world: World) -> None:
        made = await prompted(world, *[f"garden {number}" for number in range(7)])
        for order in Order:
            assert sorted(await leaf_through(world, "garden", order)) == sorted(made)


class TestChanges:
    """An entry follows what it is about, in the same transaction."""

    async def test_a_file_s_name_is_found_once_it_is_an_upload(self, world: World) -> None:
        [one] = await world.add()
        upload = UploadRecord(
            generation_id=one,
            tenant_id=world.home.tenant_id,
            user_id=world.home.user_id,
            source="file",
            filename="Harbour_at-night.PNG",
            size=1,
            sha256="00",
            created_at=NOW,
        )
        await world.write(lambda tx: tx.uploads.insert(upload))
        assert await find(world, "harbour night") == [one]

    async def test_a_tag_is_found_renamed_and_forgotten(self, world: World) -> None:
        [one] = await world.add()
        tenant_id = world.home.tenant_id
        tag = Tag(
            id=new_id(),
            tenant_id=tenant_id,
            name="Keeper",
            slug="keeper",
            description=None,
            created_at=NOW,
            updated_at=NOW,
        )

        def put_on(tx: Tx) -> None:
            tx.tags.add(tag)
            tx.tags.attach(tag.id, [one], tenant_id=tenant_id)

        await world.write(put_on, world.home.scope)
        assert await find(world, "keeper") == [one]
        assert await find(world, "keeper", GenerationFilter(tag_id=tag.id)) == [one]
        await world.write(lambda tx: tx.tags.update(replace(tag, name="Best")), world.home.scope)
        assert (await find(world, "keeper"), await find(world, "best")) == ([], [one])
        await world.write(lambda tx: tx.tags.detach(tag.id, [one]), world.home.scope)
        assert await find(world, "best") == []
        await world.write(
            lambda tx: tx.tags.attach(tag.id, [one], tenant_id=tenant_id), world.home.scope
        )
        await world.write(lambda tx: tx.tags.delete(tag.id), world.home.scope)
        assert await find(world, "best") == []
        assert await find(world, "lighthouse") == [one]

    async def test_a_note_is_found_rewritten_and_forgotten(self, world: World) -> None:
        [one] = await world.add()
        note = Note(
            id=new_id(),
            tenant_id=world.home.tenant_id,
            generation_id=one,
            user_id=world.home.user_id,
            text="Ask Ada about the horizon",
            created_at=NOW,
            updated_at=NOW,
        )
        scope = world.home.scope
        await world.write(lambda tx: tx.notes.add(note), scope)
        assert await find(world, "ada horizon") == [one]
        await world.write(lambda tx: tx.notes.change(note.id, "Too dark", now=NOW), scope)
        assert (await find(world, "ada"), await find(world, "dark")) == ([], [one])
        await world.write(lambda tx: tx.notes.delete(note.id), scope)
        assert await find(world, "dark") == []

    async def test_a_title_and_a_favourite(self, world: World) -> None:
        one, other = await world.add(count=2)
        scope, user_id = world.home.scope, world.home.user_id
        await world.write(lambda tx: tx.shelf.entitle(one, "Final cut", now=NOW), scope)
        assert await find(world, "final cut") == [one]
        await world.write(
            lambda tx: tx.favourites.add(user_id, [other], tenant_id=world.home.tenant_id, now=NOW),
            scope,
        )
        mine = GenerationFilter(favourite_of=user_id)
        assert await find(world, "lighthouse", mine) == [other]
        assert await find(world, "lighthouse", GenerationFilter(favourite_of=new_id())) == []

    async def test_what_is_removed_for_good_leaves_no_word(self, world: World) -> None:
        one, _ = await world.at(Phase.COMPLETED)

        def words(tx: Tx) -> list[str]:
            def build(door: Door) -> Any:
                return door.select(tables.SearchEntry, tables.SearchEntry.prompt)

            return list(door_of(tx).run(build).scalars())

        assert await world.read(words) == ["a lighthouse"]
        await world.write(lambda tx: tx.generations.delete(one, now=NOW))
        await world.write(lambda tx: tx.trash.purge([one], now=NOW))
        assert await world.read(words) == [""]

    async def test_what_is_taken_back_is_not_found(self, world: World) -> None:
        def fail(tx: Any) -> None:
            tx.generations.insert([world.new(input_params={"prompt": "a phantom"})])
            raise KeyError("no")

        with pytest.raises(KeyError):
            await world.write(fail)
        assert await find(world, "phantom") == []
