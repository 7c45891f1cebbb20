"""Runs the program on standard input with loops on a virtual clock: it jumps to the next deadline when nothing is ready."""

import asyncio
import selectors
import sys


class Selector(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout=None):
        ready = super().select(0 if timeout else timeout)
        if timeout and not ready:
            self.now += timeout
        return ready


class Loop(asyncio.SelectorEventLoop):
    def __init__(self):
        super().__init__(Selector())

    def time(self):
        return self._selector.now


class Policy(asyncio.DefaultEventLoopPolicy):
    _loop_factory = Loop


asyncio.set_event_loop_policy(Policy())
exec(compile(sys.stdin.read(), "<program>", "exec"), {"__name__": "__main__"})
