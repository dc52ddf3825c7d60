"""One request to an OpenAI-compatible endpoint, through the guarded client: a question out, what was written in."""

from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from shared.errors import ConfigurationError, FetchFailed, InvalidInput
from shared.http_client import GuardedClient

# The longest answer that is worth having is a tenth of it.
MAX_RESPONSE_BYTES = 1_000_000
_OK = 200


@dataclass(frozen=True)
class Written:
    """What a model wrote; `tokens` of question and answer, None where the endpoint does not say."""

    content: str
    tokens: int | None


class RequestRefused(FetchFailed):
    """The endpoint answered, with something else than an answer: nothing was read or written by the model."""


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Usage(BaseModel):
    total_tokens: int


class _Completion(BaseModel):
    """What is read of an answer; the rest is ignored."""

    choices: tuple[_Choice, ...]
    usage: _Usage | None = None


@dataclass(frozen=True)
class Endpoint:
    """Where a model is asked.

    Attributes:
        url: the base, as https://llm.example/v1.
        key: sent as a bearer token; None for servers that want none.
    """

    client: GuardedClient
    url: str
    key: str | None

    async def complete(self, body: bytes) -> Written:
        """What the model wrote.

        Raises:
            RequestRefused: a status other than 200, a redirect included.
            FetchFailed: no complete answer within the time.
            InvalidInput: an answer that is not of the form of chat completions, or was cut off.
            AddressRefused, LimitExceeded: as `GuardedClient.post`.
        """
        headers = {"content-type": "application/json", "accept": "application/json"}
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        response = await self.client.post(f"{self.url.rstrip('/')}/chat/completions", body, headers)
        if response.status != _OK:
            raise RequestRefused(f"the model's endpoint answered {response.status}: {response.body[:200]!r}")
        try:
            completion = _Completion.model_validate_json(response.body)
        except ValidationError as error:
            raise InvalidInput(f"no chat completion: {error.errors()[0]['msg']}") from error
        if not completion.choices or not (content := completion.choices[0].message.content):
            raise InvalidInput("a chat completion without a message")
        if completion.choices[0].finish_reason == "length":
            raise InvalidInput("an answer that was cut off: raise NEWSWEIR_LLM_ANSWER_TOKENS")
        return Written(content, completion.usage.total_tokens if completion.usage else None)


def open_client(url: str, user_agent: str, timeout_s: float) -> GuardedClient:
    """A client that reaches the endpoint wherever the operator has it, and nothing else that is not public.

    Raises:
        ConfigurationError: the URL is none.
    """
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(f"NEWSWEIR_LLM_URL is no URL such as http://127.0.0.1:8080/v1: {url[:80]!r}")
    return GuardedClient(user_agent, timeout_s=timeout_s, max_bytes=MAX_RESPONSE_BYTES, trusted=(url,))
