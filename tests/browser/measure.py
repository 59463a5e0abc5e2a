"""Measure the console on a local Kafka: from publication to the page, and how soon the first page is there.

Run it with ``PYTHONPATH=tests/support python tests/browser/measure.py [ALERTS]``.
"""

import asyncio
import statistics
import sys
import time

from console_stories import event, stories
from playwright.async_api import Browser
from visits import open_chromium, visit

from streams.console.server import Console
from streams.local.apache import ApacheKafka
from streams.settings import Settings, load_settings
from streams.workers.admin import apply_topics
from streams.workers.ledger import Ledger
from streams.workers.outbox import new_producer
from streams.workers.records import encode

PAUSE_S = 0.1
LOADS = 7
OBSERVE = """() => {
  window.seen = {};
  new MutationObserver(() => {
    for (const card of document.querySelectorAll(".card"))
      window.seen[card.dataset.id] ??= performance.timeOrigin + performance.now();
  }).observe(document.body, { subtree: true, childList: true });
}"""


async def latencies(settings: Settings, browser: Browser, url: str, count: int) -> list[float]:
    """Milliseconds from the call that publishes an alert to its card in the page, sorted."""
    producer = new_producer(settings)
    await producer.start()
    sent: dict[str, float] = {}
    async with visit(browser, url) as visitor:
        await visitor.page.wait_for_selector("#pulse[data-state=live], #pulse[data-state=quiet]")
        await visitor.page.evaluate(OBSERVE)
        for told in (*stories(), *(event(f"measured-{number}") for number in range(count))):
            sent[told.incident_id] = time.time() * 1000
            for topic in (settings.topic_active_shooter, settings.topic_incidents):
                await producer.send_and_wait(topic, encode(told), key=told.incident_id.encode())
            await asyncio.sleep(PAUSE_S)
        await asyncio.sleep(2)
        seen = await visitor.page.evaluate("window.seen")
    await producer.stop()
    return sorted(seen[id_] - at for id_, at in sent.items() if id_.startswith("measured"))


async def load(browser: Browser, url: str) -> tuple[float, float, float]:
    """Milliseconds to the first card and to the map, and the bytes that were sent."""
    context = await browser.new_context()
    page = await context.new_page()
    devtools = await context.new_cdp_session(page)
    await devtools.send("Network.enable")
    weights: list[float] = []
    devtools.on("Network.loadingFinished", lambda finished: weights.append(finished["encodedDataLength"]))
    start = time.perf_counter()
    await page.goto(url)
    await page.wait_for_selector(".card")
    card = time.perf_counter()
    await page.wait_for_selector(".land path", state="attached")
    outlines = time.perf_counter()
    await asyncio.sleep(0.3)
    await context.close()
    return (card - start) * 1000, (outlines - start) * 1000, sum(weights)


async def measure(bootstrap: str, count: int) -> None:
    """Print all figures."""
    settings = load_settings({}, kafka_bootstrap_servers=bootstrap, console_port=0)
    await apply_topics(settings)
    async with Console(settings, Ledger(settings)) as console, open_chromium() as browser:
        found = await latencies(settings, browser, console.url, count)
        p50, p99 = found[len(found) // 2], found[min(len(found) - 1, int(len(found) * 0.99))]
        print(f"publication to page, {len(found)} alerts: p50 {p50:.0f} ms, p99 {p99:.0f} ms, most {found[-1]:.0f} ms")
        loads = [await load(browser, console.url) for _ in range(LOADS)]
        card, outlines, weight = (statistics.median(each) for each in zip(*loads, strict=True))
        print(f"first page with {count} incidents: card {card:.0f} ms, map {outlines:.0f} ms, {weight / 1024:.0f} KiB")


if __name__ == "__main__":
    with ApacheKafka() as kafka:
        asyncio.run(measure(kafka.bootstrap, int(sys.argv[1]) if len(sys.argv) > 1 else 200))
