"""What the billing calls take and give."""

from shared.entry.wire import Wire


class Tier(Wire):
    tier: str
    included_tokens: int


class Tiers(Wire):
    items: tuple[Tier, ...]
    next_cursor: str | None = None


class DueAnswer(Wire):
    published: int
