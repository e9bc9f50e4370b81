"""A file on its way in: kept in memory as far as it may be enclosed; of a larger one no more than its size.

Django's own handler lets a body above its limit pass without any file: then the page would ask for the file that was just chosen.
"""

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler

from knutpunkten.documents.uploads import LARGEST


class ArrivingFile(MemoryFileUploadHandler):
    """Answers each file with the size it had; nothing touches the disk before the content is checked."""

    def handle_raw_input(self, *_: Any, **__: Any) -> None:
        self.activated = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.file.write(raw_data[: max(0, LARGEST + 1 - start)])
