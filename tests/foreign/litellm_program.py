"""LiteLLM as its users use it, in an environment of its own: ``litellm_program.py ADDRESS TOKEN`` prints what came as JSON."""

import json
import sys

import litellm

address, token = sys.argv[1:]
common = {"api_base": f"{address}/v1", "api_key": token, "messages": [{"role": "user", "content": "good day"}], "num_retries": 0}
whole = litellm.completion(model="openai/artelier/ask", **common)
pieces = list(litellm.completion(model="openai/artelier/auto", stream=True, **common))
try:
    litellm.completion(model="openai/artelier/ask", n=2, **common)
except litellm.BadRequestError as error:
    refused = str(error)
json.dump(
    {
        "whole": whole.choices[0].message.content,
        "tokens": whole.usage.total_tokens,
        "streamed": "".join(piece.choices[0].delta.content or "" for piece in pieces),
        "finish": pieces[-1].choices[0].finish_reason,
        "refused": refused,
    },
    sys.stdout,
)
