"""Storage over obstore: one class for local disk, memory and, by their names, the big stores."""

from boards.adapters.storage.objects.clouds import open_cloud
from boards.adapters.storage.objects.storage import ObjectStorage

__all__ = ["ObjectStorage", "open_cloud"]
