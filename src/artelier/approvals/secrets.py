"""Names that secrets usually go by: of files, and of variables; also behind wildcards, braces and variables of the text itself."""

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import islice, product

from artelier.approvals.globs import could_meet, is_glob, letters_of
from artelier.approvals.options import has, operands
from artelier.approvals.shell_words import Word

Values = Mapping[str, Sequence[str]]
_FILES = (
    *(".env", ".env.*", ".env-*", ".env_*", ".envrc", "*.env", "*.pem", "*.key", "*.p12", "*.pfx", "*.jks", "*.keystore", "*.kdbx"),
    *("id_rsa*", "id_ed25519*", "id_ecdsa*", "id_dsa*", "ssh_host_*_key", "*.ppk", "*.ovpn", "*.tfstate", "*.tfvars"),
    *(".netrc", "_netrc", ".pgpass", ".npmrc", ".pypirc", ".git-credentials", ".htpasswd", ".htdigest", ".s3cfg", ".boto", ".dockercfg"),
    *("credentials", "credentials.json", "credentials.toml", "credentials.tfrc.json", ".terraformrc", ".my.cnf", ".mylogin.cnf"),
    *("service-account*.json", "token.json", "secrets.*", ".secrets", ".vault-token", ".vault-pass*", ".vault_pass*", "vault_pass*"),
    *("cookies.sqlite", "logins.json", "key4.db", "environ", "shadow", "shadow-", "gshadow", "gshadow-", "sudoers", "kcore", "kmem"),
    *(".bash_history", ".zsh_history", ".python_history", ".psql_history", ".mysql_history", ".node_repl_history", ".xauthority"),
    *("hosts.yml", "rclone.conf", "wp-config.php", "master.key", "local.settings.json", "kubeconfig"),
)
_FOLDERS = frozenset(
    (
        *(".ssh", ".aws", ".gnupg", ".kube", ".docker", ".azure", ".gcloud", ".oci", ".password-store", "keyrings", ".vault"),
        *("gh", "gcloud", "hub", "glab-cli", "op"),
    )
)
_SETTINGS_FOLDERS = frozenset({"gh", "gcloud", "hub", "glab-cli", "op"})
"""Folders of secrets only where they lie in ``.config``."""
_PLACES = re.compile(
    r"/run/secrets(/|$)|/dev/(k?mem|port|sd\w+|hd\w+|vd\w+|nvme\w+|mapper/.*|dm-\w+|disk/.*)$|/proc/[^/]+/(mem|environ)$|/etc/ssl/private"
)
_HARMLESS = (".env.example", ".env.sample", ".env.template", ".env.dist", "*.pub")
_NAMES = r"(KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|AUTH|COOKIE|DATABASE_URL|DSN)"
_VARIABLES = re.compile(rf"\$\{{?#?\w*{_NAMES}\w*", re.IGNORECASE)
_NAMED = re.compile(_NAMES, re.IGNORECASE)
_EXPANSION = re.compile(r"\$\{!?(\w+)(?::?[-=+?]([^{}]*))?[^{}]*\}|\$(\w+)|\$\([^()]*\)|`[^`]*`")
_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")
_SPELLINGS = 64
_ONLY_NAMES = frozenset({"ls", "dir", "stat", "du", "find", "tree", "realpath", "readlink", "basename", "dirname"})
"""They tell of a file without showing what is in it."""
_TESTS = frozenset({"test", "[", "[["})
_PATTERN_FIRST = frozenset({"grep", "egrep", "fgrep", "rg", "ag", "ack", "jq", "yq", "sed", "awk", "gawk", "mawk", "nawk", "zgrep"})
_FEWEST_LETTERS = 2


def is_secret_file(path: str) -> bool:
    """Return whether a path looks like a file of secrets, or lies in a folder of them."""
    folded = path.casefold()
    parts = [part for part in re.split(r"[/:=@]", folded) if part]
    if not parts or any(fnmatchcase(parts[-1], glob) for glob in _HARMLESS):
        return False
    if _PLACES.search(folded) or any(fnmatchcase(parts[-1], glob) for glob in _FILES):
        return True
    return any(_is_secret_folder(folder, parts[place - 1] if place else "") for place, folder in enumerate(parts))


def names_a_secret(text: str) -> bool:
    """Return whether a word brings in a variable that looks like a secret."""
    return bool(_VARIABLES.search(text))


def is_secret_variable(name: str) -> bool:
    """Return whether a variable's name looks like that of a secret."""
    return bool(_NAMED.search(name))


def could_be_secret_file(text: str, values: Values) -> bool:
    """Return whether a word could come to name a file of secrets, given the values that variables have in its text."""
    if "$" in text and any(is_secret_file(value) for known in values.values() for value in known):
        return True
    return any(is_secret_file(each) or _could_become_secret(each) for each in spellings(text, values))


def brings_secrets(program: str, words: Sequence[Word], values: Values, *, alone: bool) -> bool:
    """Return whether a command brings out secrets; ``alone`` where nothing takes what it prints."""
    texts = [word.text for word in words]
    if any(map(names_a_secret, texts)):
        return True
    executes = any(text.startswith(("-exec", "-ok")) for text in texts)
    if program in _TESTS or (program in _ONLY_NAMES and alone and not executes):
        return False
    pattern = pattern_of(program, texts)
    return any(could_be_secret_file(text, values) for text in texts if text != pattern)


def pattern_of(program: str, texts: Sequence[str]) -> str | None:
    """Return the word that a program takes for a pattern or a filter and not for a file, None for most programs."""
    if program not in _PATTERN_FIRST or has(texts, "-e", "-f", "--regexp", "--file"):
        return None
    return next(iter(operands(texts, "-A", "-B", "-C", "-m", "--arg", "-F", "-v")), None)


def spellings(text: str, values: Values) -> list[str]:
    """Return what a word could become: braces unfolded, variables as they were set or as they default, ``*`` where nobody knows."""
    expanded = _expanded(text, values) if "$" in text or "`" in text else [text]
    return list(islice(dict.fromkeys(each for one in expanded for each in _unfolded(one)), _SPELLINGS))


def _expanded(text: str, values: Values) -> Iterator[str]:
    pieces: list[list[str]] = []
    position = 0
    for found in _EXPANSION.finditer(text):
        pieces.append([text[position : found.start()]])
        known = [*values.get(found[1] or found[3] or "", ()), *([found[2]] if found[2] else [])]
        pieces.append([*known[:8], "*"])
        position = found.end()
    pieces.append([text[position:]])
    return ("".join(each) for each in islice(product(*pieces), _SPELLINGS))


def _unfolded(text: str) -> Iterator[str]:
    found = _BRACES.search(text)
    if found is None:
        yield text
        return
    for choice in islice(found[1].split(","), _SPELLINGS):
        yield from islice(_unfolded(text[: found.start()] + choice + text[found.end() :]), _SPELLINGS)


def _is_secret_folder(name: str, before: str) -> bool:
    return name in _FOLDERS and (name not in _SETTINGS_FOLDERS or before == ".config")


def _could_become_secret(path: str) -> bool:
    if not is_glob(path):
        return False
    *folders, name = [part for part in re.split(r"[/:=@]", path.casefold()) if part] or [""]
    hidden = (each for each in _FOLDERS if each.startswith("."))
    return any(_could_be(name, each) for each in _FILES) or any(_could_be(part, each) for each in hidden for part in (*folders, name))


def _could_be(glob: str, secret: str) -> bool:
    """Return whether a glob plainly aims at such names; one that begins with ``*`` means whatever there is."""
    if not is_glob(glob) or not could_meet(glob, secret):
        return False
    if secret.startswith("*"):
        return "." in glob and bool(letters_of(glob.rpartition(".")[2]))
    return not glob.startswith("*") and (glob.startswith(".") or len(letters_of(glob)) >= _FEWEST_LETTERS)
