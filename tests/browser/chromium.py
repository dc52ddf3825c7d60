"""The machine's Chromium, driven by Playwright: where it is found, how it is started, what it complained about."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, ConsoleMessage, Dialog, Page, async_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
# Without sandbox: containers forbid it. The rest keeps the browser from talking to anybody.
_FLAGS = (
    "--no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update --disable-default-apps --lang=en-US"
).split()
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


def executable() -> str | None:
    """The browser on the PATH, if there is one."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


@asynccontextmanager
async def launched(binary: str) -> AsyncIterator[Browser]:
    """A browser without window, for the block's duration; nothing is downloaded."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=binary, args=_FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


def listen_to(page: Page, complaints: list[str]) -> None:
    """Adds to the complaints what goes wrong in the page: errors, what the policy stopped, what failed, dialogs."""

    def said(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    async def dialog(opened: Dialog) -> None:
        complaints.append(f"a dialog: {opened.message}")
        await opened.dismiss()

    page.on("console", said)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", dialog)
