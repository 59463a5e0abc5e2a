"""Failure: why a delivery did not succeed, in words that hold no secret."""


class DeliveryError(Exception):
    """A delivery that did not succeed. ``reason`` is a code of bounded variety; the message adds a word or two.

    Neither ever holds an address, a key or an answer's body: they go into logs and dead letters.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class TransientError(DeliveryError):
    """It may succeed when tried again; not before ``retry_after_s`` seconds, where the receiver said so."""

    def __init__(self, reason: str, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(reason, message)
        self.retry_after_s = retry_after_s


class RefusedError(DeliveryError):
    """It will not succeed however often it is tried."""
