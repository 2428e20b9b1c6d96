"""Names of files and folders that hold secrets: what no tool shows, whichever way it reads.

Names are compared after NFKC and case folding, so that ``.ENV`` or full-width letters do not slip through on any file system.
"""

import fnmatch
import re
import unicodedata

SECRET_NAMES = (
    *(".env", ".env.*", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx"),
    *("id_rsa*", "id_ed25519*", "id_ecdsa*", ".netrc", ".pgpass", ".npmrc", ".pypirc", ".git-credentials", ".htpasswd"),
    *("credentials", "credentials.json", "service-account*.json", "token.json", "*.tfstate", "*.tfvars", "secrets.*"),
    *(".vault-token", "*.ovpn", "cookies.sqlite"),
)
"""Patterns of file names that hold secrets; matched on the last part of a path."""
SECRET_FOLDERS = frozenset({".ssh", ".aws", ".gnupg", ".kube", ".docker", ".azure", ".gcloud"})
"""Folders whose whole content is secret, wherever they stand in a path."""
HARMLESS_NAMES = frozenset({".env.example", ".env.sample", ".env.template"})

_SECRET = re.compile("|".join(fnmatch.translate(pattern) for pattern in SECRET_NAMES))


def folded(name: str) -> str:
    """Return a name as it is compared: NFKC, then case folded."""
    return name.lower() if name.isascii() else unicodedata.normalize("NFKC", name).casefold()


def is_secret(path: str) -> bool:
    """Whether the path names a secret file, or anything in a secret folder."""
    names = [folded(part) for part in path.split("/")]
    if not SECRET_FOLDERS.isdisjoint(names):
        return True
    return names[-1] not in HARMLESS_NAMES and _SECRET.match(names[-1]) is not None
