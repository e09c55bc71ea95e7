"""Reads a ``config/`` folder into texts, as they are published: path inside the folder → text."""

from pathlib import Path

from gateway.core.errors import ConfigError

LARGEST_FILE_BYTES = 1_000_000
MOST_FILES = 500
ENDINGS = (".yaml", ".yml", ".csv")


def read_folder(folder: Path) -> dict[str, str]:
    """Every YAML and CSV file below ``folder``, by its path with forward slashes.

    Raises:
        ConfigError: the folder is missing or too big, or a file is no UTF-8 text.
    """
    if not folder.is_dir():
        raise ConfigError(f"{folder}: there is no such folder (CARE_CONFIG names it)")
    paths = sorted(p for p in folder.rglob("*") if p.suffix in ENDINGS and p.is_file() and not _hidden(p, folder))
    if len(paths) > MOST_FILES:
        raise ConfigError(f"{folder}: {len(paths)} files, at most {MOST_FILES} are read")
    return {path.relative_to(folder).as_posix(): _text_of(path) for path in paths}


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _text_of(path: Path) -> str:
    if path.stat().st_size > LARGEST_FILE_BYTES:
        raise ConfigError(f"{path}: larger than {LARGEST_FILE_BYTES:,} bytes")
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: byte {error.start + 1} is no UTF-8; save the file as UTF-8") from error
