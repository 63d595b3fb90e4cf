"""What the schedule answers."""

from shared.entry.wire import Wire


class DueAnswer(Wire):
    published: int
