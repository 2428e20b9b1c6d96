"""The kit for those who build agents: a scripted model, a server in the test's own process, expectations over a journal.

docs/how-to/build-agents.md shows it at work. ``artelier.testing.playbook`` tests single decisions.
"""

from artelier.testing.answers import Answers, approve, reject, say
from artelier.testing.journals import Journal
from artelier.testing.plans import Options
from artelier.testing.scripts import Script, call, script, turn
from artelier.testing.serving import Outcome, Server, serving
from artelier.testing.threads import serving_in_thread

__all__ = [
    "Answers",
    "Journal",
    "Options",
    "Outcome",
    "Script",
    "Server",
    "approve",
    "call",
    "reject",
    "say",
    "script",
    "serving",
    "serving_in_thread",
    "turn",
]
