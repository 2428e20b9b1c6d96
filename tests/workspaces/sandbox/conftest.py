import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from walled import Room


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)
