"""The files of a catalogue: read once, kept as text, parsed with the line of every mapping at hand."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import srsly
import yaml

from nianbao.paths import data_dir

LINE = "__line__"
"""The key under which a mapping carries the number of the line that it begins in."""


class ConfigError(ValueError):
    """A line of a file under configs/ that cannot be used. The message says file, line and what to change."""

    def __init__(self, path: str | Path, line: int, problem: str) -> None:
        super().__init__(f"{path}, line {line}: {problem}")


class ConfigFiles(Mapping[str, str]):
    """Texts of configuration files by their path below the folder, "/" between its parts. Immutable.

    Args:
        texts: path -> text. origin: the folder, for messages.
    """

    __slots__ = ("_digest", "_texts", "origin")

    def __init__(self, texts: Mapping[str, str], origin: str = "configs") -> None:
        self._texts = dict(sorted(texts.items()))
        self.origin = origin
        self._digest: str | None = None

    @classmethod
    def read(cls, folder: Path, patterns: tuple[str, ...]) -> ConfigFiles:
        """The files of a folder that a pattern of `Path.glob` names.

        Raises:
            FileNotFoundError: the folder is not there. ConfigError: a file is no UTF-8.
        """
        if not folder.is_dir():
            raise FileNotFoundError(f"there is no folder {folder}; give one with the files of nianbao's configs/")
        texts = {}
        for path in sorted({path for pattern in patterns for path in folder.glob(pattern)}):
            try:
                texts[path.relative_to(folder).as_posix()] = path.read_text("utf-8")
            except UnicodeDecodeError as error:
                raise ConfigError(path, 1, "the file is no UTF-8 text") from error
        return cls(texts, str(folder))

    def __getitem__(self, name: str) -> str:
        try:
            return self._texts[name]
        except KeyError:
            raise ConfigError(self.place(name), 1, "the file is missing; compare with nianbao's own configs/") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __contains__(self, name: object) -> bool:
        return name in self._texts

    @property
    def ships(self) -> bool:
        """Whether these are nianbao's own, which its tests have read whole."""
        return self.origin == str(data_dir("configs"))

    def place(self, name: str) -> str:
        """What a message calls the file."""
        return f"{self.origin}/{name}"

    def below(self, folder: str) -> list[str]:
        """The .yaml files of a folder, in order."""
        return [name for name in self if name.startswith(f"{folder}/") and name.endswith(".yaml")]

    @property
    def digest(self) -> str:
        """SHA-256 over names and texts."""
        if self._digest is None:
            self._digest = hashlib.sha256(self._packed()).hexdigest()
        return self._digest

    def _packed(self) -> bytes:
        return bytes(srsly.msgpack_dumps(self._texts))

    def to_bytes(self) -> bytes:
        """The files, compressed."""
        return zlib.compress(self._packed(), 9)

    @classmethod
    def from_bytes(cls, data: bytes) -> ConfigFiles:
        """What `to_bytes` gave.

        Raises:
            ValueError: the bytes hold no catalogue.
        """
        try:
            texts = srsly.msgpack_loads(zlib.decompress(data))
        except zlib.error as error:
            raise ValueError(f"these bytes hold no catalogue: {error}") from error
        if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
            raise ValueError("these bytes hold no catalogue; write them with Catalogue.to_bytes")
        return cls(texts, "the saved catalogue")

    def yaml(self, name: str) -> Any:
        """A file's data, plain.

        Raises:
            ConfigError: the file is missing, no valid YAML, or says a key twice.
        """
        return without_lines(self.lined_yaml(name))

    def lined_yaml(self, name: str) -> Any:
        """A file's data; every mapping inside carries its line under LINE.

        Raises:
            ConfigError: as `yaml`.
        """
        try:
            # A subclass of the safe loader: it builds plain data only.
            return yaml.load(self[name], Loader=_LineLoader)  # noqa: S506
        except _KeyTwiceError as error:
            raise ConfigError(self.place(name), error.line, f"the key {error.key!r} stands twice") from error
        except RecursionError as error:
            raise ConfigError(self.place(name), 1, "a list holds itself") from error
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise ConfigError(self.place(name), line, f"no valid YAML: {error.problem}") from error


class _KeyTwiceError(ValueError):
    def __init__(self, key: object, line: int) -> None:
        super().__init__(key)
        self.key, self.line = key, line


# The loader in C where PyYAML was built with it; both read the same.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_TEXT, _LIST = "tag:yaml.org,2002:str", "tag:yaml.org,2002:seq"


class _LineLoader(_Base):
    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        # What begins with a Chinese character is no number, date or truth value: no pattern need be asked.
        if kind is yaml.ScalarNode and value and value[0] > "\u2fff":
            return _TEXT
        return super().resolve(kind, value, implicit)

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        # Nearly all is words and lists of them, which need none of the steps that other nodes take.
        if node.tag == _TEXT:
            return node.value
        if node.tag == _LIST:
            return [self.construct_object(item, True) for item in node.value]
        return super().construct_object(node, deep)


def _mapping(loader: Any, node: Any) -> dict[Any, Any]:
    own = {}
    for key, _ in node.value:
        if key.tag == "tag:yaml.org,2002:merge":
            continue
        if key.value in own:
            raise _KeyTwiceError(key.value, key.start_mark.line + 1)
        own[key.value] = key
    loader.flatten_mapping(node)
    mapping: dict[Any, Any] = {
        loader.construct_object(k, True): loader.construct_object(v, True) for k, v in node.value
    }
    mapping[LINE] = node.start_mark.line + 1
    return mapping


_LineLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def without_lines(data: Any) -> Any:
    """The data of `ConfigFiles.lined_yaml` without its lines."""
    if isinstance(data, dict):
        return {key: without_lines(value) for key, value in data.items() if key != LINE}
    if isinstance(data, list):
        return [without_lines(item) for item in data]
    return data


def known_keys(place: str | Path, mapping: Mapping[str, Any], allowed: set[str], what: str) -> None:
    """Refuses a key that is not in `allowed`: mostly a slip of the pen.

    Raises:
        ConfigError: names the file, the line and the key.
    """
    for key in mapping:
        if key != LINE and key not in allowed:
            known = ", ".join(sorted(allowed))
            raise ConfigError(place, mapping[LINE], f"{what} has an unknown key {key!r}; known: {known}")


class AskedKeys(Mapping[str, Any]):
    """A lined mapping that notes which of its keys are asked for, so that one that nothing reads is refused.

    Args:
        data: of `ConfigFiles.lined_yaml`. name: what a message calls it.
    """

    def __init__(self, data: Mapping[str, Any], name: str = "the file") -> None:
        self._data = {key: AskedKeys(one, str(key)) if isinstance(one, dict) else one for key, one in data.items()}
        self._line = int(data.get(LINE, 1))
        self._data.pop(LINE, None)
        self._name = name
        self._asked: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        self._asked.add(key)
        return self._data[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def refuse_others(self, place: str) -> None:
        """Refuses a key that was not asked for, in here or below.

        Raises:
            ConfigError: names the file, the line of its mapping and the key.
        """
        known_keys(place, {LINE: self._line, **self._data}, self._asked, self._name)
        for one in self._data.values():
            if isinstance(one, AskedKeys):
                one.refuse_others(place)
