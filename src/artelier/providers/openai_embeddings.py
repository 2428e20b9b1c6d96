"""Vectors by the embeddings format of OpenAI, which Ollama, vLLM, LM Studio, llama.cpp and most gateways speak as well.

https://platform.openai.com/docs/api-reference/embeddings
"""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from artelier.domain.errors import ReplyInvalid
from artelier.ports.embedder import Embedding
from artelier.providers.endpoint import Endpoint
from artelier.providers.transport import HttpTransport
from artelier.providers.wire_values import whole

_LARGEST = 32 << 20


class OpenAIEmbeddings:
    """One model of one server, asked over one transport, which it closes with itself.

    ``base_url`` ends before ``/embeddings``. Raises ``SettingsError`` for an address, key or header that cannot be sent.
    """

    def __init__(
        self, base_url: str, api_key: str, model: str, transport: HttpTransport, *, headers: Mapping[str, str] | None = None
    ) -> None:
        own = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self._endpoint = Endpoint(base_url, transport, own, headers or {})
        self._url = self._endpoint.at("embeddings")
        self._model = model
        self.name = f"{self._endpoint.host}/{model}"

    async def embed(self, texts: Sequence[str]) -> Embedding:
        """Return vectors. Raises a ``ProviderError``."""
        body = msgspec.json.encode({"model": self._model, "input": whole(list(texts)), "encoding_format": "float"})
        answer = await self._endpoint.post(self._url, body)
        try:
            return self._read(await answer.read_all(_LARGEST))
        finally:
            answer.close()

    async def close(self) -> None:
        """Close the transport; further calls fail."""
        await self._endpoint.close()

    def _read(self, body: bytes) -> Embedding:
        try:
            told = _DECODER.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise ReplyInvalid(f"{self._endpoint.host} did not answer with vectors. Check that {self._model} makes embeddings.") from error
        vectors = tuple(each.embedding for each in sorted(told.data, key=lambda each: each.index))
        return Embedding(vectors, told.usage.prompt_tokens if told.usage is not None else 0)


class _Data(Struct):
    embedding: tuple[float, ...]
    index: int = 0


class _Usage(Struct):
    prompt_tokens: int = 0


class _Told(Struct):
    data: list[_Data]
    usage: _Usage | None = None


_DECODER = msgspec.json.Decoder(_Told)
