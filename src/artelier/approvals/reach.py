"""Which commands speak with another machine, or wait for one to speak."""

import re
from collections.abc import Callable, Mapping, Sequence

from artelier.approvals.git_effects import git_reaches_out
from artelier.approvals.options import has, operands, starts_with, value_of

Check = Callable[[Sequence[str]], bool]
_SOCKETS = re.compile(r"/dev/(tcp|udp)/")
_CODE = re.compile(
    r"urllib|requests\b|httpx|aiohttp|\bsocket\b|http\.(client|server|get|request)|https?://|fetch\(|net\.connect|smtplib|ftplib|paramiko|"
    r"IO::Socket|LWP|Net::HTTP|open-uri|fsockopen|curl_|require\(.(https?|net|dns).\)|\bcurl\b|\bwget\b",
    re.IGNORECASE,
)
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1", ""})


def reaches_out(program: str, texts: Sequence[str], paths: Sequence[str], told: str | None) -> bool:
    """Return whether a command uses the network; ``paths`` are the ends of its redirections, ``told`` what it reads."""
    if any(_SOCKETS.search(text) for text in (*paths, *texts)):
        return True
    if list(texts) in (["--version"], ["--help"], ["-V"], ["version"]):
        return False
    if program in _INTERPRETERS:
        return _runs_a_text(texts, told) or _CHECKED.get(program, _never)(texts)
    return program in _ALWAYS or _CHECKED.get(program, _never)(texts)


def _runs_a_text(texts: Sequence[str], told: str | None) -> bool:
    return bool(has(texts, "-c", "-e", "-r", "-p", "-E", "--eval") or told) and any(_CODE.search(text) for text in (*texts, told or ""))


def _never(texts: Sequence[str]) -> bool:  # noqa: ARG001  a check like the others
    return False


def _said(*phrases: str, valued: tuple[str, ...] = ()) -> Check:
    return lambda texts: starts_with(operands(texts, *valued), phrases)


def _remote(texts: Sequence[str]) -> bool:
    """Whether a copy names another machine."""
    return any("://" in text or re.match(r"(\w[\w.-]*@)?[\w.-]+:", text) for text in operands(texts, "-e"))


def _python(texts: Sequence[str]) -> bool:
    module = value_of(texts, "-m")
    rest = texts[texts.index(module) + 1 :] if module in texts else []
    if module in {"pip", "pip3"}:
        return _pip(rest)
    return module in {"http.server", "smtpd", "webbrowser", "twine", "uvicorn", "gunicorn", "flask", "ensurepip", "xmlrpc.server"}


def _pip(texts: Sequence[str]) -> bool:
    if starts_with(operands(texts), ("list",)):
        return has(texts, "-o", "--outdated")
    return starts_with(operands(texts, "--proxy", "--cache-dir"), ("install", "download", "search", "wheel", "index")) and not has(
        texts, "--no-index"
    )


def _npm(texts: Sequence[str]) -> bool:
    if has(texts, "--offline"):
        return False
    words = operands(texts, "--prefix", "-C", "--cwd", "--filter", "-w", "--workspace", "--dir")
    return words[0] in _NPM if words else not texts


def _uv(texts: Sequence[str]) -> bool:
    if has(texts, "--offline"):
        return False
    phrases = ("pip install", "pip sync", "pip download", "pip compile", "add", "sync", "lock", "tool install", "tool run", "tool upgrade")
    return starts_with(operands(texts), (*phrases, "python install", "publish", "self update", "run --with", "remove"))


def _docker(texts: Sequence[str]) -> bool:
    words = [word for word in operands(texts, "-f", "--file", "-p", "--project-name", "--context", "-H", "--host") if word != "compose"]
    if any(text.startswith(("tcp://", "ssh://")) for text in texts):
        return True
    phrases = ("pull", "push", "login", "search", "run", "build", "up", "create", "plugin install", "image pull", "image push")
    return starts_with(words, (*phrases, "buildx build", "container run", "image build", "swarm join", "scout", "manifest inspect"))


def _database(texts: Sequence[str]) -> bool:
    host = value_of(texts, "-h", "--host")
    addressed = [re.search(r"://(?:[^@/]*@)?([^:/?]*)", text) for text in texts]
    return (host not in _LOCAL and not host.startswith("/")) or any(found is not None and found[1] not in _LOCAL for found in addressed)


def _cluster(texts: Sequence[str]) -> bool:
    words = operands(texts, "-n", "--namespace", "--context", "--kubeconfig", "-o", "--output")
    return words[:1] not in (["config"], ["completion"], ["kustomize"]) and not (words == ["version"] and has(texts, "--client"))


def _cloud(*local: str) -> Check:
    """Reach out but for these subcommands."""
    return lambda texts: bool(texts) and not starts_with(operands(texts), local)


def _openssl(texts: Sequence[str]) -> bool:
    return operands(texts)[:1] in (["s_client"], ["s_server"], ["ocsp"])


_NPM = frozenset(
    (
        *("install", "i", "ci", "add", "update", "up", "upgrade", "publish", "unpublish", "view", "info", "search", "audit", "outdated"),
        *("login", "whoami", "dlx", "create", "init", "exec", "x", "install-test", "it", "dist-tag", "deprecate", "access", "ping", "star"),
    )
)
_INTERPRETERS = frozenset(
    ("python", "python2", "python3", "pypy", "pypy3", "node", "nodejs", "deno", "bun", "perl", "ruby", "php", "lua", "osascript")
)
_ALWAYS = frozenset(
    (
        *("curl", "wget", "wget2", "aria2c", "axel", "http", "https", "httpie", "xh", "curlie", "ssh", "sftp", "ftp", "lftp", "ncftp"),
        *(
            "telnet",
            "nc",
            "ncat",
            "netcat",
            "socat",
            "nmap",
            "masscan",
            "ping",
            "ping6",
            "fping",
            "hping3",
            "traceroute",
            "tracepath",
            "mtr",
        ),
        *("dig", "nslookup", "host", "whois", "drill", "kdig", "rclone", "s3cmd", "aws", "gcloud", "az", "gsutil", "bq"),
        *("gh", "glab", "hub", "heroku", "flyctl", "fly", "vercel", "netlify", "firebase", "doctl", "ansible", "ansible-playbook"),
        *(
            "mail",
            "mailx",
            "sendmail",
            "mutt",
            "msmtp",
            "swaks",
            "lynx",
            "links",
            "w3m",
            "elinks",
            "youtube-dl",
            "yt-dlp",
            "mosh",
            "autossh",
        ),
        *("sshfs", "ssh-copy-id", "ssh-keyscan", "tailscale", "ngrok", "cloudflared", "openvpn", "wg-quick", "ntpdate", "speedtest"),
        *("iperf", "iperf3", "arp-scan", "tcpdump", "tshark", "rdesktop", "xfreerdp", "vncviewer", "smbclient", "rpcclient", "ldapsearch"),
        *("npx", "bunx", "uvx", "pipx", "twine", "easy_install", "tldr", "ab", "wrk", "hey", "siege", "websocat", "wscat", "grpcurl"),
        *("ansible-galaxy", "skopeo", "crane", "scp", "finger", "irssi", "weechat", "aria2", "gist", "transmission-cli", "freshclam"),
    )
)
_CHECKED: Mapping[str, Check] = {
    **dict.fromkeys(("python", "python2", "python3"), _python),
    **dict.fromkeys(("pip", "pip3"), _pip),
    **dict.fromkeys(("npm", "yarn", "pnpm"), _npm),
    **dict.fromkeys(("docker", "podman", "docker-compose", "nerdctl"), _docker),
    **dict.fromkeys(("psql", "mysql", "mariadb", "redis-cli", "valkey-cli", "mongo", "mongosh", "pg_dump", "mysqldump"), _database),
    **dict.fromkeys(("terraform", "tofu", "terragrunt"), _said("init", "plan", "apply", "destroy", "import", "refresh", "get", "login")),
    **dict.fromkeys(
        ("apt", "apt-get", "aptitude"),
        _said("install", "update", "upgrade", "dist-upgrade", "full-upgrade", "download", "source", "build-dep", "safe-upgrade"),
    ),
    **dict.fromkeys(
        ("yum", "dnf", "microdnf", "zypper"),
        _said("install", "update", "upgrade", "makecache", "search", "groupinstall", "in", "up", "check-update", "reinstall"),
    ),
    "git": git_reaches_out,
    **dict.fromkeys(("kubectl", "oc"), _cluster),
    "getent": lambda texts: operands(texts)[:1] in (["hosts"], ["ahosts"], ["ahostsv4"], ["ahostsv6"]),
    "rsync": _remote,
    "rcp": _remote,
    "bun": lambda texts: operands(texts)[:1] in (["install"], ["i"], ["add"], ["update"], ["x"], ["create"], ["upgrade"], ["publish"]),
    "uv": _uv,
    "poetry": _said("install", "add", "update", "publish", "lock", "search", "sync", "self update"),
    "pipenv": _said("install", "update", "sync", "lock"),
    "pdm": _said("install", "add", "update", "sync", "lock", "publish"),
    **dict.fromkeys(("conda", "mamba", "micromamba"), _said("install", "update", "create", "search", "env create", "env update")),
    "cargo": _said("install", "fetch", "update", "publish", "search", "add", "login", "binstall", "generate-lockfile"),
    "rustup": _said("update", "install", "toolchain install", "component add", "target add", "self update"),
    "go": _said("get", "install", "mod download", "mod tidy", "mod vendor", "work sync"),
    "gem": _said("install", "update", "fetch", "push", "search", "outdated"),
    "bundle": _said("install", "update", "add", "outdated"),
    "bundler": _said("install", "update", "add"),
    "composer": _said("install", "update", "require", "create-project", "self-update", "outdated"),
    "mvn": lambda texts: bool(operands(texts)) and not has(texts, "-o", "--offline"),
    "apk": _said("add", "update", "upgrade", "fetch", "search"),
    "pacman": lambda texts: any(text.startswith("-S") for text in texts),
    "brew": _said("install", "update", "upgrade", "fetch", "search", "tap", "reinstall", "info"),
    "snap": _said("install", "refresh", "find", "download"),
    "flatpak": _said("install", "update", "search", "remote-add", "remote-ls"),
    "helm": _cloud("template", "lint", "version", "create", "package", "show chart", "env"),
    "svn": _said("checkout", "co", "update", "up", "commit", "ci", "export", "list", "ls", "cat", "log"),
    "hg": _said("pull", "push", "clone", "incoming", "outgoing", "in", "out"),
    "openssl": _openssl,
    "php": lambda texts: has(texts, "-S"),
    "nix": _said("build", "shell", "develop", "run", "flake update", "profile install"),
    "deno": _said("install", "add", "cache", "upgrade", "publish"),
    "mount": lambda texts: has(texts, "-t") and value_of(texts, "-t") in {"nfs", "cifs", "nfs4", "smbfs"},
    "corepack": _said("prepare", "install"),
    "nvm": _said("install", "ls-remote"),
    "pyenv": _said("install", "update"),
    "vagrant": _said("up", "box add", "box update"),
    "ufw": _never,
    "tmux": _never,
    "pulumi": _cloud("version"),
    "cdk": _said("deploy", "destroy", "bootstrap", "diff"),
    "serverless": _cloud(),
    "journalctl": _never,
}
