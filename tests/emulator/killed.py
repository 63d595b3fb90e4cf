"""An instance that ends in the middle of its work."""


class Killed(BaseException):
    """The instance is gone: nothing of ours may catch it."""
