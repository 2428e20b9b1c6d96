"""LangGraph's agent (langchain's create_agent), streamed, without a checkpointer or tracing."""

import os
import sys
from importlib.metadata import version
from pathlib import Path

os.environ["LANGSMITH_TRACING"] = "false"
import uvloop
from langchain.agents import create_agent
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI

sys.path.insert(0, str(Path(__file__).parent))
from measured import measure

AGENTS = []


@tool
async def tool_a(x: int) -> str:
    """Do a."""
    return str(x)


@tool
async def tool_b(x: int) -> str:
    """Do b."""
    return str(x)


@tool
async def tool_c(x: int) -> str:
    """Do c."""
    return str(x)


async def run(base_url):
    if not AGENTS:
        model = ChatOpenAI(model="mock", api_key="x", base_url=base_url, streaming=True, stream_usage=True)
        AGENTS.append(create_agent(model, [tool_a, tool_b, tool_c], system_prompt="You work."))
    text = []
    async for chunk, _ in AGENTS[0].astream({"messages": [("user", "go")]}, stream_mode="messages"):
        if isinstance(chunk.content, str):
            text.append(chunk.content)
    assert "word0" in "".join(text)


if __name__ == "__main__":
    uvloop.run(measure(run, versions={"langgraph": version("langgraph"), "langchain": version("langchain")}))
