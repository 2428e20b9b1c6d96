import pytest

from artelier.routing.explicit import Mention, mentioned

AGENTS = ("orchestrator", "coder", "architect", "debug", "ask")


@pytest.mark.parametrize(
    ("text", "agent", "rest"),
    [
        ("@coder add tests", "coder", "add tests"),
        ("@Coder: add tests", "coder", "add tests"),
        ("@ask, what is this?", "ask", "what is this?"),
        ("please @debug look at the log", "debug", "please look at the log"),
        ("look at the log, @debug.", "debug", "look at the log,."),
        ("привет @architect", "architect", "привет"),
        ("(@ask) why", "ask", "() why"),
        ("@nobody but @coder", "coder", "@nobody but"),
        ("@debug\nthe login fails", "debug", "the login fails"),
        ("`@ask` means what, @ask?", "ask", "`@ask` means what,?"),
    ],
)
def test_a_named_agent_is_found_and_taken_out(text, agent, rest):
    assert mentioned(text, AGENTS) == Mention(agent, rest)


@pytest.mark.parametrize(
    "text",
    [
        "write to me@coder.org",
        "mail someone@debug",
        "npm install @ask/cli",
        "@debug\ndef run(): ...",
        "@debug\n  async def run(): ...",
        "@ask(timeout=3)",
        "@coder.route",
        "```\n@ask\n```",
        "what does `@debug` do",
        "@coders",
        "@debug-tools",
        "https://example.org/@ask",
        "@unknown do it",
        "coder do it",
        "@",
        "",
    ],
)
def test_addresses_packages_decorators_and_code_name_nobody(text):
    assert mentioned(text, AGENTS) is None
