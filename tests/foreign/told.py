"""What the model says to programs that were made for other servers."""

from artelier.providers.scripted import ScriptedCall
from artelier.testing import call, script, turn

STORY = "Once upon a time there was an agent that answered."


def write(path: str) -> ScriptedCall:
    return call("write_file", path=path, content="x\n")


REMOVE = call("execute_command", command="rm -rf made")
ASK = call("ask_user", question="Which colour?", options=["blue", "green"])
SCRIPT = (
    script(call("write_file", path="made.txt", content="made\n"), "Written.", when_text_contains="write a file")
    + script(call("execute_command", command="rm -rf made"), "Removed.", when_text_contains="remove it")
    + script(call("ask_user", question="Which colour?", options=["blue", "green"]), "Thank you.", when_text_contains="ask me")
    + script(turn(STORY, reasoning="Let me think.", chunk=7), when_text_contains="tell a story")
    + script(turn("Here I am.", fault="unavailable", times=1000, retry_after=60), when_text_contains="be away")
    + script(turn("", fault="request_refused", times=1000), when_text_contains="fail")
    + script(turn(call("read_file", path="notes.txt"), "I look."), "It holds a note.", when_text_contains="look into it")
    + script(call("delegate", agent="coder", task="write both"), "It is done.", when_text_contains="give it on")
    + script(call("write_file", path="1", content="1"), call("write_file", path="2", content="2"), "Both.", when_text_contains="write both")
    + script(turn(write("one"), write("two")), "Both are written.", when_text_contains="do a pair")
    + script(turn(write("three"), REMOVE), "Done with care.", when_text_contains="do a mixture")
    + script(turn(ASK, write("four")), "Coloured.", when_text_contains="do as told")
    + script(call("delegate", agent="coder", task="ask me"), "They asked.", when_text_contains="let another speak")
    + script(turn(*[call("delegate", agent="coder", task=f"part {n}") for n in "ab"]), "All parts.", when_text_contains="give out parts")
    + script(write("five"), "Five.", when_text_contains="part a")
    + script(REMOVE, "Removed.", when_text_contains="part b")
    + script(*["Hello."] * 60)
)
