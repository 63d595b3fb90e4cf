"""Threads of which one runs at a time; a seed decides which, so that a run can be repeated.

A task runs until it says `step`, waits for a signal, or ends. An instance that dies takes its
tasks with it: each hears of it, as `Crashed`, when it would have gone on.
"""

import threading
from collections.abc import Callable
from random import Random


class Crashed(BaseException):
    """The instance that a task was in is gone. No handler of errors may catch it."""


class Instance:
    """Something that tasks are in, and that can die."""

    dead = False


class Task:
    """A thread that waits for its turn."""

    def __init__(self) -> None:
        self.inside: Instance | None = None
        self._turn = threading.Lock()
        self._turn.acquire()

    def run(self) -> None:
        self._turn.release()

    def wait(self) -> None:
        self._turn.acquire()

    def require_alive(self) -> None:
        if self.inside and self.inside.dead:
            raise Crashed


class Scheduler:
    """Runs tasks to their ends, in turns."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._ready: list[Task] = []
        self._blocked: list[Task] = []
        self._main = Task()
        self.current = self._main
        self.failures: list[BaseException] = []

    def spawn(self, work: Callable[[], None]) -> None:
        task = Task()
        self._ready.append(task)
        threading.Thread(target=self._body, args=(task, work), daemon=True).start()

    def run(self) -> None:
        """Returns when all tasks have ended; raises the first failure of one."""
        self._give_turn(self._next())
        self._main.wait()
        if self._blocked:
            self.failures.append(AssertionError(f"{len(self._blocked)} wait for ever"))
        for failure in self.failures:
            raise failure

    def step(self) -> None:
        """Somebody may go first."""
        task, chosen = self.current, self._next()
        if chosen is not task:
            self._give_turn(chosen)
            task.wait()
        task.require_alive()

    def block(self) -> Task:
        """Sleep until somebody calls `wake`."""
        task = self.current
        self._ready.remove(task)
        self._blocked.append(task)
        self._give_turn(self._next())
        task.wait()
        task.require_alive()
        return task

    def wake(self, task: Task) -> None:
        if task in self._blocked:
            self._blocked.remove(task)
            self._ready.append(task)

    def kill(self, instance: Instance) -> None:
        """All tasks inside it crash; those that sleep wake up for it."""
        instance.dead = True
        for task in [task for task in self._blocked if task.inside is instance]:
            self.wake(task)

    def _body(self, task: Task, work: Callable[[], None]) -> None:
        task.wait()
        try:
            work()
        except BaseException as failure:
            self.failures.append(failure)
        self._ready.remove(task)
        self._give_turn(self._next())

    def _next(self) -> Task:
        return self._random.choice(self._ready) if self._ready else self._main

    def _give_turn(self, task: Task) -> None:
        self.current = task
        task.run()


class Signal(threading.Event):
    """An event that tasks wait for in their scheduler's time."""

    def __init__(self, scheduler: Scheduler) -> None:
        super().__init__()
        self._scheduler = scheduler
        self._waiting: list[Task] = []

    def wait(self, timeout: float | None = None) -> bool:
        while not self.is_set():
            self._waiting.append(self._scheduler.current)
            self._scheduler.block()
        return True

    def set(self) -> None:
        super().set()
        for task in self._waiting:
            self._scheduler.wake(task)
        self._waiting.clear()
