"""Pictures of pages to characters and rules at places, so that the same readers follow. Needs the extra `ocr`."""

from __future__ import annotations
