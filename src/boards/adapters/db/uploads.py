"""How uploads are stored: where the bytes of an uploaded generation came from."""

from dataclasses import asdict

from boards.adapters.db.door import Door
from boards.adapters.db.tables import Upload as Table
from boards.services.ports import UploadRecord

__all__ = ["UploadRows"]


class UploadRows:
    """The rows of uploads in one transaction."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def insert(self, upload: UploadRecord) -> None:
        self._door.insert(Table, [asdict(upload)])
