"""Names that secrets usually go by: of files, and of variables."""

import re
from fnmatch import fnmatchcase

_FILES = (
    *(".env", ".env.*", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx", "id_rsa*", "id_ed25519*", "id_ecdsa*"),
    *(".netrc", ".pgpass", ".npmrc", ".pypirc", ".git-credentials", ".htpasswd", "credentials", "credentials.json", "shadow", "gshadow"),
    *("service-account*.json", "token.json", "*.tfstate", "*.tfvars", "secrets.*", ".vault-token", "*.ovpn", "cookies.sqlite", "environ"),
    *(".bash_history", ".zsh_history", ".my.cnf", "sudoers"),
)
_FOLDERS = frozenset({".ssh", ".aws", ".gnupg", ".kube", ".docker", ".azure", ".gcloud"})
_HARMLESS = (".env.example", ".env.sample", ".env.template", "*.pub")
_VARIABLES = re.compile(r"\$\{?#?\w*(KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|AUTH|COOKIE|DATABASE_URL|DSN)\w*", re.IGNORECASE)
_NAMED = re.compile(r"(KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|AUTH|COOKIE|DATABASE_URL|DSN)", re.IGNORECASE)


def is_secret_file(path: str) -> bool:
    """Return whether a path looks like a file of secrets, or lies in a folder of them."""
    parts = [part.casefold() for part in re.split(r"[/:=@]", path) if part]
    if not parts or any(fnmatchcase(parts[-1], glob) for glob in _HARMLESS):
        return False
    return any(part in _FOLDERS for part in parts) or any(fnmatchcase(parts[-1], glob) for glob in _FILES)


def names_a_secret(text: str) -> bool:
    """Return whether a word brings in a variable that looks like a secret."""
    return bool(_VARIABLES.search(text))


def is_secret_variable(name: str) -> bool:
    """Return whether a variable's name looks like that of a secret."""
    return bool(_NAMED.search(name))
