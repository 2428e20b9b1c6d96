"""Names of programs and phrases that ``readers.py`` knows."""

ANY_WORDS = frozenset(
    (
        *("cat", "echo", "false", "true", ":", "head", "ls", "ll", "dir", "vdir", "nl", "pwd", "stat", "tail", "test", "[", "[[", "wc"),
        *("basename", "cmp", "cut", "dirname", "du", "df", "expr", "fold", "grep", "egrep", "fgrep", "zgrep", "paste", "printf", "rev"),
        *("readlink", "realpath", "seq", "tac", "tr", "which", "type", "whereis", "whoami", "id", "groups", "uname", "uptime", "free"),
        *("md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "b2sum", "cksum", "sum", "shasum", "md5", "nproc"),
        *("comm", "join", "column", "expand", "unexpand", "fmt", "pr", "tsort", "od", "hexdump", "hd", "lscpu"),
        *("zcat", "bzcat", "xzcat", "gzcat", "readelf", "strings", "sleep", "arch", "getconf", "locale", "tty"),
        *(
            "who",
            "w",
            "last",
            "users",
            "logname",
            "lsblk",
            "lsof",
            "pgrep",
            "pstree",
            "vmstat",
            "iostat",
            "cal",
            "ncal",
            "factor",
            "numfmt",
        ),
        *(
            "cd",
            "pushd",
            "popd",
            "dirs",
            "exit",
            "return",
            "break",
            "continue",
            "shift",
            "wait",
            "read",
            "getopts",
        ),
        *(
            "tokei",
            "zipinfo",
            "dpkg-query",
            "lsmod",
            "lspci",
            "lsusb",
            "look",
            "sw_vers",
            "yes",
            "unset",
        ),
        *("eza", "exa", "lsb_release", "findmnt", "namei", "getent", "pathchk", "dircolors", "tput", "clear", "hostid"),
    )
)
"""Programs that only read whatever their arguments."""
DOCKER_READS = (
    *("ps", "images", "logs", "inspect", "version", "info", "stats", "top", "port", "diff", "history", "events", "context ls", "buildx ls"),
    *("compose ps", "compose logs", "compose config", "compose ls", "compose images", "compose top", "compose version", "image ls"),
    *("image inspect", "image history", "container ls", "container list", "container ps", "container logs", "container inspect"),
    *("network ls", "network inspect", "volume ls", "volume inspect", "system df", "system info", "container top", "container stats"),
)
"""What docker is only asked."""
VERSIONED = frozenset(
    (
        *("node", "bun", "deno", "ruby", "perl", "php", "java", "javac", "gcc", "g++", "clang", "cmake", "rustc", "make", "tsc", "R"),
        *("pytest", "ruff", "mypy", "black", "eslint", "prettier", "npx", "uvx", "bash", "sh", "zsh", "fish", "psql", "mysql", "redis-cli"),
        *("curl", "wget", "ssh", "aws", "gcloud", "gh", "helm", "ansible", "vim", "emacs", "nano", "ffmpeg", "pandoc", "dotnet", "swift"),
        *("kotlin", "scala", "lua", "julia", "elixir", "erl", "ghc", "nginx", "apachectl", "postgres", "mongod", "tmux", "screen"),
    )
)
"""Programs that are often asked for their version alone."""
