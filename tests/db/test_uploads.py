import pytest

from boards.domain.generations import Phase
from boards.errors import Conflict
from boards.ids import new_id
from boards.services.ports import UploadRecord
from tests.db.world import NOW, World


def upload_of(world: World, generation_id) -> UploadRecord:
    return UploadRecord(
        generation_id=generation_id,
        tenant_id=world.home.tenant_id,
        user_id=world.home.user_id,
        source="file",
        filename="Foto ä.png",
        size=2**40,
        sha256="cd" * 32,
        created_at=NOW,
    )


async def test_an_upload_is_written_once_for_its_generation(world: World) -> None:
    one, _ = await world.at(Phase.COMPLETED)
    upload = upload_of(world, one)
    await world.write(lambda tx: tx.uploads.insert(upload), world.home.scope)
    with pytest.raises(Conflict):
        await world.write(lambda tx: tx.uploads.insert(upload), world.home.scope)


async def test_an_upload_of_nothing_is_refused(world: World) -> None:
    with pytest.raises(Conflict):
        await world.write(lambda tx: tx.uploads.insert(upload_of(world, new_id())))
