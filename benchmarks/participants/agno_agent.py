"""Agno's agent, streamed, without telemetry or database."""

import sys
from importlib.metadata import version
from pathlib import Path

import uvloop
from agno.agent import Agent
from agno.models.openai import OpenAIChat

sys.path.insert(0, str(Path(__file__).parent))
from measured import measure

AGENTS = []


async def tool_a(x: int) -> str:
    """Do a."""
    return str(x)


async def tool_b(x: int) -> str:
    """Do b."""
    return str(x)


async def tool_c(x: int) -> str:
    """Do c."""
    return str(x)


async def run(base_url):
    if not AGENTS:
        AGENTS.append(OpenAIChat(id="mock", api_key="x", base_url=base_url))
    agent = Agent(model=AGENTS[0], tools=[tool_a, tool_b, tool_c], system_message="You work.", telemetry=False)
    text = [str(event.content) async for event in agent.arun("go", stream=True) if getattr(event, "content", None)]
    assert "word0" in "".join(text)


if __name__ == "__main__":
    uvloop.run(measure(run, versions={"agno": version("agno")}))
