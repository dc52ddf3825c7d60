"""Fakes for what a test cannot have: time that moves when told."""


class FakeClock:
    """A clock that stands still until it is moved; sleeping moves it."""

    def __init__(self, now_ms: int = 1_772_452_800_000) -> None:
        self.ms = self._began_ms = now_ms
        self.slept: list[float] = []

    def set_back(self) -> None:
        """To where it began, as if nobody had moved it."""
        self.ms = self._began_ms
        self.slept.clear()

    def now_ms(self) -> int:
        return self.ms

    def monotonic_s(self) -> float:
        return self.ms / 1000

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)
