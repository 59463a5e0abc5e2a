"""Visits of a headless Chromium, driven by Playwright."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chromium import find_chromium
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@asynccontextmanager
async def open_chromium() -> AsyncIterator[Browser]:
    """A browser for the length of the block."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            await browser.close()


class Visit:
    """One page in a browser context of its own, with all that it complained about and all that it asked for."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self.context = context
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on(
            "console", lambda message: message.type in ("error", "warning") and self.complaints.append(message.text)
        )
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))


@asynccontextmanager
async def visit(
    browser: Browser, url: str, *, width: int = 1280, height: int = 800, dark: bool = False
) -> AsyncIterator[Visit]:
    """A new visitor's page at ``url``."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
    )
    try:
        visitor = Visit(context, await context.new_page())
        await visitor.page.goto(url)
        yield visitor
    finally:
        await context.close()
