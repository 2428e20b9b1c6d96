"""Variables that change what programs do, told apart from those that do not."""

import re

_HARMLESS = re.compile(
    r"LANG|LANGUAGE|LC_[A-Z]+|TZ|NO_COLOR|FORCE_COLOR|CLICOLOR|CLICOLOR_FORCE|TERM|COLUMNS|LINES|CI|PYTHONDONTWRITEBYTECODE|"
    r"PYTHONUNBUFFERED|PYTHONUTF8|GIT_TERMINAL_PROMPT|GIT_OPTIONAL_LOCKS|LS_COLORS|BLOCKSIZE|TIME_STYLE|POSIXLY_CORRECT"
)
"""Those that change how things are shown, and nothing else."""
_HARMFUL = re.compile(
    r"PATH|CDPATH|IFS|ENV|BASH_ENV|BASHOPTS|SHELLOPTS|PROMPT_COMMAND|PS[0-4]|HOME|SHELL|EDITOR|VISUAL|PAGER|MANPAGER|BROWSER|TMPDIR|"
    r"LD_\w+|DYLD_\w+|GIT_\w+|PYTHON\w*|NODE_\w+|NPM_\w+|npm_\w+|PERL\w*|RUBY\w*|GEM_\w+|JAVA_\w+|_JAVA_OPTIONS|CLASSPATH|GCONV_PATH|"
    r"LESS\w*|SSH_\w+|GREP_OPTIONS|TAR_OPTIONS|GZIP|HTTP_PROXY|HTTPS_PROXY|ALL_PROXY|http_proxy|https_proxy|all_proxy|DOCKER_\w+|KUBECONFIG|"
    r"EXINIT|FIGNORE|GLOBIGNORE|HOSTALIASES|LOCALDOMAIN|RES_OPTIONS|MALLOC_\w+|BASH_FUNC_\w+|FPATH|ZDOTDIR|RIPGREP_CONFIG_PATH|XDG_\w+|"
    r"MAKEFLAGS|CC|CXX|LINK|RUSTC\w*|CARGO_\w+|GO\w+|AWS_\w+|PIP_\w+|UV_\w+|POETRY_\w+"
)


def harmless_for_one(name: str) -> bool:
    """Return whether a variable set for one program surely changes nothing but how it shows things."""
    return _HARMLESS.fullmatch(name) is not None


def harmless_for_all(name: str) -> bool:
    """Return whether a variable of the text itself leaves the programs behind it as they are."""
    return _HARMFUL.fullmatch(name) is None or harmless_for_one(name)
