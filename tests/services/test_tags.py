"""Tags: a tenant's words and what they are on; and what else people put on generations."""

import pytest

from boards.domain.tags import tag_slug
from boards.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from tests.services.curating import Cast, picture
from tests.services.studio import Studio


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Sea & Sky", "sea-sky"),
        ("  Überblick  Ost ", "überblick-ost"),
        ("猫 と 犬", "猫-と-犬"),
        ("हिन्दी", "हिन्दी"),
        ("🔥", "1f525"),
        ("Straße", "strasse"),
        ("--a--b--", "a-b"),
    ],
)
def test_a_slug_is_made_of_any_name(name: str, slug: str) -> None:
    assert tag_slug(name) == slug
    assert tag_slug(slug) == slug


class TestWords:
    async def test_a_tag_is_made_found_changed_and_deleted(self, studio: Studio) -> None:
        tags, me = studio.curation.tags, studio.actor
        made = await tags.create(me, " Sea  view ", description="Blue", metadata={"n": 1})
        assert (made.name, made.slug) == ("Sea view", "sea-view")
        assert await tags.get(me, made.id) == made
        assert await tags.by_slug(me, "sea-view") == made
        studio.clock.advance(1)
        renamed = await tags.update(me, made.id, name="Sky")
        assert (renamed.slug, renamed.description, renamed.metadata) == ("sky", "Blue", {"n": 1})
        assert renamed.updated_at > renamed.created_at
        kept = await tags.update(me, made.id, name="Heaven", slug="sky", description=None)
        assert (kept.name, kept.slug, kept.description) == ("Heaven", "sky", None)
        assert await tags.list(me) == (kept,)
        await tags.delete(me, made.id)
        assert await tags.list(me) == ()
        with pytest.raises(NotFound):
            await tags.delete(me, made.id)

    async def test_two_tags_of_one_slug_are_refused(self, studio: Studio) -> None:
        tags, me = studio.curation.tags, studio.actor
        await tags.create(me, "Sea")
        other = await tags.create(me, "Sky")
        with pytest.raises(Conflict, match="'sea' already exists"):
            await tags.create(me, "SEA!")
        with pytest.raises(Conflict):
            await tags.update(me, other.id, name="sea")
        foreigner = await studio.another_tenant()
        assert (await tags.create(foreigner, "Sea")).slug == "sea"

    @pytest.mark.parametrize("slug", ["", "A B", "a--b", "-a", "a/b"])
    async def test_what_is_no_slug_is_refused(self, studio: Studio, slug: str) -> None:
        with pytest.raises(InvalidInput):
            await studio.curation.tags.create(studio.actor, "Sea", slug=slug)

    async def test_another_tenant_s_words_are_as_if_there_were_none(self, studio: Studio) -> None:
        tags, foreigner = studio.curation.tags, await studio.another_tenant()
        made = await tags.create(studio.actor, "Sea")
        assert await tags.list(foreigner) == ()
        for refused in (
            tags.get(foreigner, made.id),
            tags.by_slug(foreigner, "sea"),
            tags.update(foreigner, made.id, name="x"),
            tags.delete(foreigner, made.id),
        ):
            with pytest.raises(NotFound):
                await refused


class TestOnGenerations:
    async def test_editors_put_tags_on_and_members_see_them(self, studio: Studio) -> None:
        cast, tags = await Cast.of(studio), studio.curation.tags
        made = await picture(studio, cast.board.id)
        sea = await tags.create(studio.actor, "Sea")
        await tags.attach(cast["editor"], made.id, sea.id)
        await tags.attach(cast["editor"], made.id, sea.id)
        assert await tags.of(cast["viewer"], [made.id]) == {made.id: (sea,)}
        await studio.boards.update(studio.actor, cast.board.id, is_public=True)
        assert await tags.of(cast["stranger"], [made.id]) == {}, "visitors see no tags"
        for who, error in (("viewer", Forbidden), ("stranger", Forbidden), ("foreigner", NotFound)):
            with pytest.raises(error):
                await tags.attach(cast[who], made.id, sea.id)
        await tags.detach(cast["admin"], made.id, sea.id)
        with pytest.raises(NotFound):
            await tags.detach(cast["admin"], made.id, sea.id)

    async def test_a_deleted_tag_is_on_nothing(self, studio: Studio) -> None:
        board = await studio.boards.default(studio.actor)
        made, tags = await picture(studio, board.id), studio.curation.tags
        sea = await tags.create(studio.actor, "Sea")
        await tags.attach(studio.actor, made.id, sea.id)
        await tags.delete(studio.actor, sea.id)
        assert await tags.of(studio.actor, [made.id]) == {}

    async def test_editors_give_titles(self, studio: Studio) -> None:
        cast, titles = await Cast.of(studio), studio.curation.titles
        made = await picture(studio, cast.board.id)
        assert (await titles.entitle(cast["editor"], made.id, " Dawn ")).title == "Dawn"
        assert (await titles.entitle(cast["editor"], made.id, None)).title is None
        with pytest.raises(Forbidden):
            await titles.entitle(cast["viewer"], made.id, "Mine")
        with pytest.raises(InvalidInput):
            await titles.entitle(cast["editor"], made.id, "")


class TestFavourites:
    async def test_everybody_has_their_own(self, studio: Studio) -> None:
        cast, favourites = await Cast.of(studio), studio.curation.favourites
        first = await picture(studio, cast.board.id, seed=1)
        second = await picture(studio, cast.board.id, seed=2)
        for one in (first, second, first):
            await favourites.mark(cast["viewer"], one.id)
            studio.clock.advance(1)
        page = await favourites.list(cast["viewer"], limit=1, cursor=None)
        rest = await favourites.list(cast["viewer"], limit=9, cursor=page.next)
        assert [one.id for one in (*page.items, *rest.items)] == [second.id, first.id]
        assert (await favourites.list(studio.actor, limit=9, cursor=None)).items == ()
        assert await favourites.among(cast["viewer"], [first.id]) == {first.id}
        await favourites.unmark(cast["viewer"], first.id)
        assert await favourites.among(cast["viewer"], [first.id, second.id]) == {second.id}

    async def test_what_one_may_see_no_more_is_left_out(self, studio: Studio) -> None:
        cast, favourites = await Cast.of(studio), studio.curation.favourites
        made = await picture(studio, cast.board.id)
        await favourites.mark(cast["viewer"], made.id)
        await studio.curation.members.remove(studio.actor, cast.board.id, cast.id("viewer"))
        assert (await favourites.list(cast["viewer"], limit=9, cursor=None)).items == ()
        with pytest.raises(NotFound):
            await favourites.mark(cast["stranger"], made.id)

    async def test_visitors_of_a_public_board_have_some_if_they_are_somebody(
        self, studio: Studio
    ) -> None:
        cast, favourites = await Cast.of(studio), studio.curation.favourites
        made = await picture(studio, cast.board.id)
        await studio.boards.update(studio.actor, cast.board.id, is_public=True)
        await favourites.mark(cast["stranger"], made.id)
        [shown] = (await favourites.list(cast["stranger"], limit=9, cursor=None)).items
        assert shown.input_params == {}
        link = await studio.curation.sharing.create(studio.actor, cast.board.id)
        visitor = await studio.curation.sharing.visitor(link.text)
        with pytest.raises(Unauthenticated):
            await favourites.mark(visitor, made.id)


class TestNotes:
    async def test_members_write_notes_and_read_each_other_s(self, studio: Studio) -> None:
        cast, notes = await Cast.of(studio), studio.curation.notes
        made = await picture(studio, cast.board.id)
        first = await notes.add(cast["viewer"], made.id, " Too dark ")
        studio.clock.advance(1)
        second = await notes.add(cast["editor"], made.id, "Lighter now")
        assert await notes.list(cast["admin"], made.id) == (first, second)
        assert (first.text, first.user_id) == ("Too dark", cast.id("viewer"))
        with pytest.raises(Forbidden):
            await notes.change(cast["owner"], first.id, "Fine")
        changed = await notes.change(cast["viewer"], first.id, "Fine")
        assert changed.updated_at > changed.created_at
        with pytest.raises(Forbidden):
            await notes.delete(cast["editor"], first.id)
        await notes.delete(cast["admin"], first.id)
        assert await notes.list(cast["viewer"], made.id) == (second,)
        with pytest.raises(InvalidInput):
            await notes.add(cast["viewer"], made.id, "  ")

    async def test_visitors_neither_read_nor_write_them(self, studio: Studio) -> None:
        cast, notes = await Cast.of(studio), studio.curation.notes
        made = await picture(studio, cast.board.id)
        note = await notes.add(cast["owner"], made.id, "Secret")
        with pytest.raises(NotFound):
            await notes.list(cast["stranger"], made.id)
        await studio.boards.update(studio.actor, cast.board.id, is_public=True)
        for refused in (
            notes.list(cast["stranger"], made.id),
            notes.add(cast["stranger"], made.id, "Me too"),
            notes.delete(cast["stranger"], note.id),
        ):
            with pytest.raises(Forbidden):
                await refused
        for foreign in (
            notes.list(cast["foreigner"], made.id),
            notes.delete(cast["foreigner"], note.id),
        ):
            with pytest.raises(NotFound):
                await foreign
