// Makes the search handier: suggestions, a chart to draw over, pages that follow by themselves.
"use strict";

// Suggestions below the box: what was asked here before, and what the text may be the beginning of.
const box = document.getElementById("q");
if (box) {
  const RECENT = 30;
  const SHOWN = 4;
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  box.form.append(list);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
    box.setAttribute(name, value);
  }
  const recent = kept.get("asked") ?? [];
  const asked = new URLSearchParams(location.search).get("q")?.trim();
  if (asked) kept.set("asked", [asked, ...recent.filter((text) => text !== asked)].slice(0, RECENT));
  let active = -1;
  let waiting = 0;
  let turn = 0;

  const close = () => {
    list.hidden = true;
    active = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const choose = (place) => {
    active = place;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === place)));
    if (place < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", list.children[place].id);
  };
  const show = (options) => {
    list.replaceChildren(...options.map(({ label, said, href }, at) => {
      const option = document.createElement("li");
      option.id = `suggestion-${at}`;
      option.setAttribute("role", "option");
      option.dataset.href = href;
      option.append(label, Object.assign(document.createElement("span"), { className: "quiet", textContent: ` ${said}` }));
      return option;
    }));
    choose(-1);
    list.hidden = options.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
  };
  const look = async () => {
    const text = box.value.trim();
    const mine = ++turn;
    if (!text) return close();
    const before = recent.filter((query) => query.toLowerCase().startsWith(text.toLowerCase()) && query !== text)
      .slice(0, SHOWN)
      .map((query) => ({ label: query, said: "searched before", href: `/?${new URLSearchParams({ q: query })}` }));
    let found = [];
    try {
      const answer = await fetch(`/v1/suggest?${new URLSearchParams({ q: text.slice(0, 100), size: "8" })}`);
      if (answer.ok) {
        found = (await answer.json()).suggestions.map((item) => (
          { label: item.label, said: `${item.facet}, ${item.count}`, href: item.link.replace("/v1/articles", "/") }
        ));
      }
    } catch {
      // Nobody answers: the box still searches.
    }
    if (mine === turn && document.activeElement === box) show([...before, ...found]);
  };
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 150);
  });
  box.addEventListener("keydown", (event) => {
    const last = list.children.length - 1;
    if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "ArrowDown" && !list.hidden) choose(active === last ? -1 : active + 1);
    else if (event.key === "ArrowUp" && !list.hidden) choose(active < 0 ? last : active - 1);
    else if (event.key === "Enter" && active >= 0) location.assign(list.children[active].dataset.href);
    else return;
    event.preventDefault();
  });
  // Before the box loses its focus, and the list with it.
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.href);
  });
  box.addEventListener("blur", () => { turn++; close(); });
}

// Fields that nobody filled do not go into the address.
for (const form of document.querySelectorAll("form[method=get]")) {
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData.entries()]) if (!value) event.formData.delete(name);
  });
}

// Drawn over from one bar to another, the chart asks for all the time between; each bar alone is a link.
const chart = document.querySelector("#histogram svg");
if (chart) {
  const bars = [...chart.querySelectorAll("a")];
  let from = null;
  let drawn = false;
  const barAt = (event) => {
    let nearest = null;
    for (const bar of bars) {
      const { left, right } = bar.getBoundingClientRect();
      const away = Math.max(left - event.clientX, event.clientX - right, 0);
      if (nearest === null || away < nearest.away) nearest = { bar, away };
    }
    return bars.indexOf(nearest.bar);
  };
  const between = (one, other) => bars.slice(Math.min(one, other), Math.max(one, other) + 1);
  const mark = (some) => bars.forEach((bar) => bar.classList.toggle("drawn", some.includes(bar)));
  chart.addEventListener("dragstart", (event) => event.preventDefault());
  chart.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || event.pointerType === "touch" || bars.length === 0) return;
    from = barAt(event);
    drawn = false;
  });
  addEventListener("pointermove", (event) => {
    if (from === null) return;
    const to = barAt(event);
    drawn ||= to !== from;
    if (drawn) mark(between(from, to));
  });
  addEventListener("pointerup", (event) => {
    if (from === null) return;
    const some = between(from, barAt(event));
    from = null;
    if (!drawn) return;
    const first = new URL(some[0].getAttribute("href"), location.href);
    const last = new URL(some.at(-1).getAttribute("href"), location.href);
    // A bar at the end may be without an end of its own.
    for (const [name, bar] of [["from", first], ["to", last]]) {
      if (bar.searchParams.has(name)) first.searchParams.set(name, bar.searchParams.get(name));
      else first.searchParams.delete(name);
    }
    location.assign(first);
  });
  chart.addEventListener("click", (event) => { if (drawn) event.preventDefault(); });
}

// The next page comes when the end of this one is near; the link stays for whoever follows it.
const results = document.getElementById("results");
const watched = "IntersectionObserver" in window && document.getElementById("paging");
if (results && watched) {
  const said = document.createElement("p");
  said.className = "hidden";
  said.setAttribute("role", "status");
  results.after(said);
  const watching = new IntersectionObserver(async ([seen]) => {
    const next = document.querySelector("#paging .next");
    if (!seen.isIntersecting || !next || next.dataset.asked) return;
    next.dataset.asked = "true";
    try {
      const answer = await fetch(next.href);
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const items = [...page.querySelectorAll("#results > li")];
      for (const item of items) {
        nameCodes(item);
        sayHowLongAgo(item);
      }
      results.append(...items);
      said.textContent = `${items.length} more articles`;
      const following = page.querySelector("#paging .next");
      if (following) next.replaceWith(following);
      else next.remove();
    } catch {
      // The link is still there.
    }
  }, { rootMargin: "600px" });
  watching.observe(watched);
  // What is watched tells only of changes: a page too short to leave the view is looked at again.
  new MutationObserver(() => { watching.unobserve(watched); watching.observe(watched); }).observe(results, { childList: true });
}
