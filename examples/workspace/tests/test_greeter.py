import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from greeter import greet


class TestGreeter(unittest.TestCase):
    def test_greets_in_both_languages(self):
        self.assertEqual(greet("Anna"), "Hello, Anna!")
        self.assertEqual(greet("Анна", "ru"), "Привет, Анна!")
