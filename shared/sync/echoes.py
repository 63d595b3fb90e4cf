"""Which changes need no telling. Loads nothing but models: the capture function asks it."""

from shared.sync.models import Change, Tombstone, Version, Write

YOUNG_NS = 5_000_000_000  # far longer than a commit takes, shorter than a copy is kept


def says_nothing(change: Change) -> bool:
    """A write without effect makes no new version; the emulator announces it all the same."""
    old, new = change.old, change.new
    return old is not None and new is not None and old.updated == new.updated


def is_echo(change: Change, node: str) -> bool:
    """Whether the engine wrote this very version here."""
    write = written_here(change, node)
    return write is not None and write.by_engine


def written_here(change: Change, node: str) -> Write | None:
    """Who wrote this very version: the mark names the version it replaced.

    Nobody who writes an old copy back can hit that. Over nothing there is no version to name;
    there the server's own time in the mark must be that of the creation.
    """
    write = change.new.marks.write if change.new and change.new.marks else None
    if change.new is None or write is None or write.node != node:
        return None
    return write if _names(write, change.old, change.new) else None


def is_own_removal(change: Change, tombstone: Tombstone | None) -> bool:
    """Whether the engine deleted this very version."""
    removed = tombstone.removed if tombstone else ()
    return change.new is None and change.old is not None and change.old.updated in removed


def is_brought(version: Version) -> bool:
    """Whether its marks are older than the document: who made it anew brought an old copy."""
    write = version.marks.write if version.marks else None
    if write is None:
        return False
    return write.over < version.created if write.over else not _is_young(write, version)


def _names(write: Write, old: Version | None, new: Version) -> bool:
    if old is not None:
        return write.over == old.updated
    return write.over == 0 and _is_young(write, new)


def _is_young(write: Write, version: Version) -> bool:
    return 0 <= version.created - write.at <= YOUNG_NS
