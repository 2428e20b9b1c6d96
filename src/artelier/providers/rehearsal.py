"""temporary"""

from artelier.providers.scripted import ScriptedProvider


class Rehearsal(ScriptedProvider):
    def __init__(self):
        super().__init__(())
