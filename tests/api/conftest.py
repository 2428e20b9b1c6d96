"""One served house a module, and clients that know its token."""

from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
from served import PATIENCE, Served, served_in

from artelier.client import Client


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served_in(tmp_path_factory.mktemp("served"), few_steps=True) as served:
        yield served


@pytest.fixture
async def http(server: Served) -> AsyncIterator[httpx2.AsyncClient]:
    headers = {"Authorization": f"Bearer {server.token}"}
    async with httpx2.AsyncClient(base_url=server.address, headers=headers, timeout=PATIENCE, trust_env=False) as client:
        yield client


@pytest.fixture
async def client(server: Served) -> AsyncIterator[Client]:
    async with Client(server.address, server.token) as client:
        yield client
