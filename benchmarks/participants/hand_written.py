"""The floor: a loop written by hand on aiohttp and orjson, which stores nothing."""

import asyncio
import sys
from pathlib import Path

import aiohttp
import orjson
import uvloop

sys.path.insert(0, str(Path(__file__).parent))
from measured import measure

TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {"x": {"type": "integer"}}}}}
    for name in ("tool_a", "tool_b", "tool_c")
]
SESSION = []


async def stream(base_url, messages):
    if not SESSION:
        SESSION.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
    body = {"model": "mock", "messages": messages, "tools": TOOLS, "stream": True, "stream_options": {"include_usage": True}}
    text, calls, rest = [], {}, b""
    async with SESSION[0].post(
        f"{base_url}/chat/completions", data=orjson.dumps(body), headers={"Content-Type": "application/json"}
    ) as answer:
        async for data in answer.content.iter_any():
            *events, rest = (rest + data).split(b"\n\n")
            for event in events:
                if event == b"data: [DONE]":
                    continue
                for choice in orjson.loads(event[6:])["choices"]:
                    delta = choice["delta"]
                    if delta.get("content"):
                        text.append(delta["content"])
                    for piece in delta.get("tool_calls") or ():
                        call = calls.setdefault(piece["index"], {"id": "", "name": "", "arguments": ""})
                        call["id"] = piece.get("id") or call["id"]
                        call["name"] = piece["function"].get("name") or call["name"]
                        call["arguments"] += piece["function"].get("arguments") or ""
    return "".join(text), calls


async def tool(call):
    return str(orjson.loads(call["arguments"])["x"])


async def run(base_url):
    messages = [{"role": "system", "content": "You work."}, {"role": "user", "content": "go"}]
    text, calls = await stream(base_url, messages)
    results = await asyncio.gather(*(tool(call) for call in calls.values()))
    asked = [
        {"id": call["id"], "type": "function", "function": {"name": call["name"], "arguments": call["arguments"]}}
        for call in calls.values()
    ]
    messages.append({"role": "assistant", "content": text, "tool_calls": asked})
    messages += [
        {"role": "tool", "tool_call_id": call["id"], "content": result} for call, result in zip(calls.values(), results, strict=True)
    ]
    text, _ = await stream(base_url, messages)
    assert text.startswith("word0")


async def main():
    await measure(run, versions={"aiohttp": aiohttp.__version__})
    await SESSION[0].close()


if __name__ == "__main__":
    uvloop.run(main())
