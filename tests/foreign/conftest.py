"""A served house for programs that were made for other servers."""

from collections.abc import Iterator

import pytest

from api.served import Served, served_in
from foreign.told import SCRIPT


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_in(tmp_path_factory.mktemp("served"), SCRIPT) as served:
        yield served
