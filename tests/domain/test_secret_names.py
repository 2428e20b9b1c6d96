import pytest

from artelier.domain.secret_names import is_secret


@pytest.mark.parametrize("path", [".env", "d/.ENV", "．ｅｎｖ", ".env.local", "server.PEM", ".ssh/config", "a/.AWS/x/y", "ID_RSA.pub"])
def test_secret(path):
    assert is_secret(path)


@pytest.mark.parametrize("path", [".", "env", ".environment", ".env.example", "keys.md", "ssh/config", ".envrc", "docs/credentials.md"])
def test_not_secret(path):
    assert not is_secret(path)
