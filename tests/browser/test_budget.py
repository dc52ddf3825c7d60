import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(280)]
MOST_BYTES = 100_000
MOST_REQUESTS = 12
MOST_SHIFT = 0.1
_SHIFT = """
() => new Promise((resolve) => {
  let shift = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) shift += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
  // Two frames later, whatever was buffered has been handed over.
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(shift), 50)));
})
"""


async def test_a_first_visit_costs_few_bytes_and_requests_and_nothing_jumps(page, address):
    requests = []
    page.on("requestfinished", lambda request: requests.append(request))

    await page.goto(address, wait_until="networkidle")
    shift = await page.evaluate(_SHIFT)

    sizes = [await request.sizes() for request in requests]
    transferred = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    assert 0 < transferred < MOST_BYTES
    assert 2 <= len(requests) <= MOST_REQUESTS
    assert shift <= MOST_SHIFT


async def test_a_shift_would_be_measured(page, address):
    await page.goto(address, wait_until="networkidle")

    await page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {"
        "const block = document.createElement('div'); block.className = 'problem'; block.append('x'.repeat(4000));"
        "document.body.prepend(block); done(); })))"
    )

    assert await page.evaluate(_SHIFT) > MOST_SHIFT
