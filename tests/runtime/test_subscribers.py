"""Subscribers are fed in order, apart from one another, and read on from the journal when they are slow."""

import asyncio
import logging
from datetime import UTC, datetime

import pytest

from artelier.domain.errors import NotFound
from artelier.domain.events import AgentChosen, Event, RunFinished
from artelier.runtime import bus as bus_module
from artelier.runtime.bus import LocalBus
from artelier.runtime.subscribers import LONGEST_QUEUE, Subscribers

NOW = datetime(2026, 11, 21, tzinfo=UTC)
PATIENCE = 20


class Listener:
    def __init__(self, name="listener", types=(), gate=None):
        self.name = name
        self.types = types
        self.gate = gate
        self.heard = []
        self.broken = 0
        self._some = asyncio.Event()

    async def receive(self, events):
        if self.gate is not None:
            await self.gate.wait()
        if self.broken:
            self.broken -= 1
            raise ValueError("I broke.")
        self.heard += events
        self._some.set()

    async def until(self, session, seq):
        async with asyncio.timeout(PATIENCE):
            while not any((event.session, event.seq) == (session, seq) for event in self.heard):
                self._some.clear()
                await self._some.wait()

    def sequences(self, session):
        return [event.seq for event in self.heard if event.session == session]


class Journal:
    """The events of all sessions, as they are told."""

    def __init__(self, bus):
        self.bus = bus
        self.events = {}
        self.readings = 0

    def store(self, session, count=1, payload=None, *, tell=True):
        kept = self.events.setdefault(session, [])
        payload = payload or RunFinished("Done.")
        new = tuple(Event(session, len(kept) + 1 + index, "r", payload.type, 1, NOW, "system", "", payload) for index in range(count))
        kept += new
        if tell:
            self.bus.tell(new)

    async def read(self, session, after=0, limit=None):
        self.readings += 1
        if session not in self.events:
            raise NotFound("There is no such session.")
        return tuple(self.events[session][after:][:limit])


@pytest.fixture
async def journal():
    return Journal(LocalBus())


@pytest.fixture
async def subscribers(journal):
    made = Subscribers(journal.bus, journal)
    yield made
    await made.stop()


async def test_each_hears_its_types_in_order(journal, subscribers):
    every, ends = Listener("every"), Listener("ends", {"run_finished"})
    subscribers.set((every, ends))
    journal.store("a", 3, AgentChosen("coder", "default"))
    journal.store("b", 1)
    journal.store("a", 2)
    await every.until("a", 5)
    await ends.until("a", 5)
    assert (every.sequences("a"), every.sequences("b")) == ([1, 2, 3, 4, 5], [1])
    assert (ends.sequences("a"), ends.sequences("b")) == ([4, 5], [1])


async def test_one_that_breaks_loses_these_events_alone_and_is_named(journal, subscribers, caplog):
    broken, whole = Listener("broken"), Listener("whole")
    broken.broken = 1
    subscribers.set((broken, whole))
    journal.store("a")
    await whole.until("a", 1)
    journal.store("a")
    await broken.until("a", 2)
    await whole.until("a", 2)
    assert broken.sequences("a") == [2]
    assert "subscriber broken broke and loses 1 events, from a/1 to a/1" in caplog.text


async def test_a_slow_one_holds_nobody_up_and_reads_on_from_the_journal(journal, subscribers):
    slow, quick = Listener("slow", gate=asyncio.Event()), Listener("quick")
    subscribers.set((slow, quick))
    for _ in range(LONGEST_QUEUE // 2 + 200):
        journal.store("a")
        journal.store("b")
        await asyncio.sleep(0)
    last = LONGEST_QUEUE // 2 + 200
    await quick.until("b", last)
    assert journal.readings == 0
    slow.gate.set()
    await slow.until("b", last)
    await slow.until("a", last)
    journal.store("a")
    await slow.until("a", last + 1)
    assert slow.sequences("a") == list(range(1, last + 2))
    assert slow.sequences("b") == list(range(1, last + 1))
    assert journal.readings


async def test_what_the_bus_dropped_is_read_from_the_journal(journal, subscribers, caplog):
    listener = Listener()
    subscribers.set((listener,))
    journal.store("a")
    await listener.until("a", 1)
    journal.store("a", bus_module.LONGEST_QUEUE + 5)
    await listener.until("a", bus_module.LONGEST_QUEUE + 6)
    assert listener.sequences("a") == list(range(1, bus_module.LONGEST_QUEUE + 7))
    assert "listener read 1 sessions on" in caplog.text


async def test_a_session_that_is_gone_by_then_is_let_go(journal, subscribers, caplog):
    caplog.set_level(logging.INFO)
    listener = Listener(gate=asyncio.Event())
    subscribers.set((listener,))
    for _ in range(LONGEST_QUEUE + 400):
        journal.store("a")
        await asyncio.sleep(0)
    del journal.events["a"]
    listener.gate.set()
    journal.store("b")
    await listener.until("b", 1)
    assert "session a was removed" in caplog.text


async def test_the_set_is_replaced_while_events_come(journal, subscribers):
    first, second, third = (Listener(name) for name in ("first", "second", "third"))
    subscribers.set((first, second))
    journal.store("a")
    await first.until("a", 1)
    subscribers.set((second, third))
    journal.store("a")
    await second.until("a", 2)
    await third.until("a", 2)
    assert (first.sequences("a"), second.sequences("a"), third.sequences("a")) == ([1], [1, 2], [2])
    subscribers.set(())
    assert not journal.bus._readers, "nobody listens for nobody"
    journal.store("a")
    subscribers.set((first,))
    journal.store("a")
    await first.until("a", 4)
    assert first.sequences("a") == [1, 4]
