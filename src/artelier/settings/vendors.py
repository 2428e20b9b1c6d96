"""Vendors of models that need no more than a key: where they are, and what is asked when no model is named."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct


class Vendor(Struct, frozen=True):
    """One vendor, by the name its provider has in the settings."""

    title: str
    key_variable: str
    """The usual variable of the environment that holds its key."""
    base_url: str
    model: str
    """The model that is taken when none is named; empty where a name holds something of the person's own."""
    pattern: str = ""
    """How a model is written, where it holds something of the person's own."""
    kind: Literal["openai", "anthropic"] = "openai"


VENDORS: Mapping[str, Vendor] = {
    "openai": Vendor("OpenAI", "OPENAI_API_KEY", "https://api.openai.com/v1", "gpt-5-mini"),
    "anthropic": Vendor("Anthropic", "ANTHROPIC_API_KEY", "https://api.anthropic.com", "claude-sonnet-5", kind="anthropic"),
    "openrouter": Vendor("OpenRouter", "OPENROUTER_API_KEY", "https://openrouter.ai/api/v1", "openai/gpt-5-mini"),
    "yandex": Vendor("YandexGPT", "YANDEX_API_KEY", "https://ai.api.cloud.yandex.net/v1", "", "gpt://FOLDER_ID/yandexgpt/latest"),
    "minimax": Vendor("MiniMax", "MINIMAX_API_KEY", "https://api.minimax.io/v1", "MiniMax-M2.5"),
    "deepseek": Vendor("DeepSeek", "DEEPSEEK_API_KEY", "https://api.deepseek.com/v1", "deepseek-chat"),
    "groq": Vendor("Groq", "GROQ_API_KEY", "https://api.groq.com/openai/v1", "llama-3.3-70b-versatile"),
    "mistral": Vendor("Mistral", "MISTRAL_API_KEY", "https://api.mistral.ai/v1", "mistral-small-latest"),
}
