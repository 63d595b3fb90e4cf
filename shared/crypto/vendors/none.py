"""No key-encryption key: nothing can be sealed, or opened, until the settings name one."""

from typing import NoReturn

from shared.kernel.errors import DependencyUnavailable


class NoKey:
    name = "none"

    def wrap(self, key: bytes, bound: bytes) -> NoReturn:
        raise DependencyUnavailable(reason="HYPHAE_KEK is empty")

    def unwrap(self, wrapped: bytes, bound: bytes) -> NoReturn:
        raise DependencyUnavailable(reason="HYPHAE_KEK is empty")
