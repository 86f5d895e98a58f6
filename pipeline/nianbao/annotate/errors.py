"""What can go wrong between here and a doccano server, in words for the person at the terminal."""

from __future__ import annotations


class AnnotateError(Exception):
    """Something that the user can mend. The message says what, where and what to do."""


class RemoteError(AnnotateError):
    """The server, or the way to it, failed. `kind` is the client program's word for it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
