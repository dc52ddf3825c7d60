"""A real Chromium, driven over its DevTools protocol: as much of it as reading pages takes."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Without sandbox: containers forbid it. The rest keeps the browser from talking to anybody.
_FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update --disable-default-apps --lang=en-US "
    "--remote-debugging-port=0"
).split()
_ANNOUNCEMENT = b"DevTools listening on "


def executable() -> str | None:
    """The browser on the PATH, if there is one."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


class Tab:
    """One tab; `complaints` holds everything that the browser said was wrong: errors, and what the policy stopped."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.complaints: list[str] = []
        self._socket = socket
        self._session: str | None = None
        self._sent = 0
        # Which documents have finished loading, by their loader's id.
        self._loaded: set[str] = set()

    async def start(self) -> None:
        target = await self._ask("Target.createTarget", url="about:blank")
        attached = await self._ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            await self._ask(f"{domain}.enable")
        await self._ask("Page.setLifecycleEventsEnabled", enabled=True)

    async def open(self, url: str) -> None:
        """Go to a page and wait until it is there."""
        loader = (await self._ask("Page.navigate", url=url))["loaderId"]
        while loader not in self._loaded:
            self._note(await self._socket.receive_json())

    async def click(self, selector: str) -> None:
        """Follow a link, or send a form, and wait for the page it leads to."""
        before = len(self._loaded)
        await self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")
        while len(self._loaded) == before:
            self._note(await self._socket.receive_json())

    async def press(self, key: str) -> None:
        """Press a key that writes a character."""
        await self._ask("Input.dispatchKeyEvent", type="keyDown", key=key, text=key)
        await self._ask("Input.dispatchKeyEvent", type="keyUp", key=key)

    async def resize(self, width: int, height: int) -> None:
        """Look through a window of this size."""
        size = {"width": width, "height": height}
        await self._ask("Emulation.setDeviceMetricsOverride", **size, deviceScaleFactor=1, mobile=True)

    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page."""
        answer = await self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def _ask(self, method: str, **parameters: object) -> dict[str, Any]:
        self._sent += 1
        session = {"sessionId": self._session} if self._session else {}
        await self._socket.send_json({"id": self._sent, "method": method, "params": parameters, **session})
        while True:
            message = await self._socket.receive_json()
            if message.get("id") == self._sent:
                assert "error" not in message, message
                return message["result"]
            self._note(message)

    def _note(self, message: dict[str, Any]) -> None:
        match message:
            case {"method": "Page.lifecycleEvent", "params": {"name": "load", "loaderId": loader}}:
                self._loaded.add(loader)
            case {"method": "Log.entryAdded", "params": {"entry": {"level": "error", "text": text}}}:
                self.complaints.append(text)
            case {"method": "Runtime.consoleAPICalled", "params": {"type": "error", "args": arguments}}:
                self.complaints.append(str(arguments))
            case {"method": "Runtime.exceptionThrown", "params": {"exceptionDetails": details}}:
                self.complaints.append(str(details))


@asynccontextmanager
async def a_tab(binary: str, profile: Path) -> AsyncIterator[Tab]:
    """A fresh browser with one tab, for the block's duration."""
    process = await asyncio.create_subprocess_exec(
        binary, *_FLAGS, f"--user-data-dir={profile}", stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        address = await _address(process)
        async with aiohttp.ClientSession() as session, session.ws_connect(address, max_msg_size=0) as socket:
            tab = Tab(socket)
            await tab.start()
            yield tab
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def _address(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async for line in process.stderr:
        if line.startswith(_ANNOUNCEMENT):
            return line.removeprefix(_ANNOUNCEMENT).decode().strip()
    raise AssertionError("Chromium ended before it listened")
