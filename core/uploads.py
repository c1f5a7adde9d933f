"""Files that are looked at while they arrive, and never stored."""

from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class HashedFile(UploadedFile):  # type: ignore[type-arg]  # not generic at run time
    """What remains of a file that was hashed: its name, its size and its digest."""

    def __init__(self, *, name: str, size: int, digest: str) -> None:
        super().__init__(file=None, name=name, size=size)
        self.sha256 = digest


class HashingUploadHandler(FileUploadHandler):
    """Hash files as they come in; what goes beyond ``max_bytes`` is dropped, and ``is_too_large`` says so."""

    def __init__(self, *, max_bytes: int) -> None:
        super().__init__()
        self.max_bytes = max_bytes
        self.is_too_large = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.hash = sha256()
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > self.max_bytes:
            self.is_too_large = True
            raise SkipFile
        self.hash.update(raw_data)

    def file_complete(self, file_size: int) -> HashedFile:
        return HashedFile(name=self.file_name or "", size=file_size, digest=self.hash.hexdigest())
