"""Versions of schemas: each is reached from the one before by an upcaster."""

from collections.abc import Iterable, Mapping


def newest_versions(upcasters: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    """The newest version of each name, from the (name, version) that its upcasters start from.

    Raises ValueError for a gap.
    """
    newest: dict[str, int] = {}
    for name, number in sorted(upcasters):
        if newest.get(name, 1) != number:
            raise ValueError(f"No upcaster of {name} before {number}.")
        newest[name] = number + 1
    return newest
