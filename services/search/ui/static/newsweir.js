// Makes the pages handier; everything works without it.
"use strict";

// Names for codes of languages and countries, in the reader's own language.
function nameCodes(within) {
  for (const element of within.querySelectorAll("[data-name-of]")) {
    const type = element.dataset.nameOf === "country" ? "region" : "language";
    try {
      const names = new Intl.DisplayNames(undefined, { type });
      const code = element.textContent.trim();
      // The code for a language that could not be told is "root" to the browser.
      element.textContent = code === "und" ? "not told" : (names.of(code) ?? code);
    } catch {
      // Not a code that the browser knows: the code stays.
    }
  }
}
nameCodes(document);

// How long ago, for what is less than two days old; the full time becomes the tooltip.
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
function sayHowLongAgo(within) {
  for (const element of within.querySelectorAll("time[data-exact]")) {
    const minutes = Math.round((Date.parse(element.dateTime) - Date.now()) / 60000);
    if (minutes > 0 || minutes < -2880) continue;
    element.title = element.textContent;
    const hours = Math.round(minutes / 60);
    if (minutes > -60) element.textContent = relative.format(minutes, "minute");
    else element.textContent = hours > -24 ? relative.format(hours, "hour") : relative.format(Math.round(hours / 24), "day");
  }
}
for (const list of document.querySelectorAll(".results")) sayHowLongAgo(list);

// What a browser keeps for us; one that keeps nothing is as good.
const kept = {
  get(name) { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* nothing is kept */ } },
};

// Single keys; who dictates or types by switches can turn them off in the list that "?" opens.
const dialog = document.getElementById("keys");
const keysOn = document.getElementById("keys-on");
keysOn.checked = kept.get("keys") !== false;
keysOn.addEventListener("change", () => kept.set("keys", keysOn.checked));
const titles = () => [...document.querySelectorAll(".result h2 a")];
function go(step) {
  const all = titles();
  const current = all.indexOf(document.activeElement?.closest(".result")?.querySelector("h2 a"));
  all[Math.min(Math.max(0, current + step), all.length - 1)]?.focus();
}
const KEYS = {
  "/": () => document.getElementById("q")?.select(),
  j: () => go(1),
  k: () => go(-1),
  o: () => document.activeElement?.closest(".result")?.querySelector("h2 a").click(),
  b: () => history.back(),
};
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const action = event.key === "?" ? () => dialog.showModal() : keysOn.checked && KEYS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

// One box that ticks all others of its form; without a script each is ticked by itself.
for (const place of document.querySelectorAll("[data-take-all]")) {
  const all = Object.assign(document.createElement("input"), { type: "checkbox", id: "take-all" });
  const label = Object.assign(document.createElement("label"), { htmlFor: all.id, textContent: ` ${place.dataset.takeAll}` });
  place.append(all, label);
  place.hidden = false;
  all.addEventListener("change", () => {
    for (const box of place.closest("form").querySelectorAll("tbody input[type=checkbox]")) box.checked = all.checked;
  });
}

// What is indexed from now on goes on top of the list.
const live = document.getElementById("live");
if (live && "EventSource" in window) {
  const state = document.getElementById("live-state");
  const feed = new EventSource(live.dataset.feed);
  const KEPT = 100;
  feed.addEventListener("open", () => { state.textContent = state.dataset.listening; });
  feed.addEventListener("error", () => { state.textContent = state.dataset.broken; });
  feed.addEventListener("article", (event) => {
    const article = JSON.parse(event.data);
    live.querySelector(`[data-article="${CSS.escape(article.id)}"]`)?.remove();
    live.prepend(resultOf(article));
    while (live.children.length > KEPT) live.lastElementChild.remove();
  });
}

// What a search can be narrowed by; other names are no links.
const FACETS = new Set(["topic", "organization", "person", "location", "product", "technology"]);

// As the pages say a time: in UTC, to the day where no more is known.
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const minute = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
const sayTime = (at, exact) => (exact ? `${day.format(at)}, ${minute.format(at)} UTC` : day.format(at));

// An article as the list has it; whatever it says is text, never markup.
function resultOf(article) {
  const make = (parent, name, properties) => parent.appendChild(Object.assign(document.createElement(name), properties));
  const item = document.createElement("li");
  item.dataset.article = article.id;
  const box = make(item, "article", { className: "result arrived" });
  const meta = make(box, "p", { className: "meta" });
  make(meta, "a", { href: `/?${new URLSearchParams({ source: article.source_id })}`, textContent: article.site_name ?? article.source_id });
  meta.append(" · ");
  const exact = !["day", "month"].includes(article.published.precision);
  const at = new Date(article.published.at);
  const time = make(meta, "time", { dateTime: article.published.at, textContent: sayTime(at, exact) });
  if (exact) time.dataset.exact = "";
  if (article.authors.length) meta.append(` · ${article.authors.join(", ")}`);
  const heading = make(box, "h2", { dir: "auto" });
  make(heading, "a", { href: `/articles/${article.id}`, textContent: article.title });
  const said = article.description ?? article.snippet;
  if (said) make(box, "p", { className: "fragment", dir: "auto", textContent: said });
  const chips = make(box, "ul", { className: "chips" });
  chips.setAttribute("aria-label", "Subjects");
  const chip = (type, id, label) => {
    const href = FACETS.has(type) ? `/?${new URLSearchParams({ [type]: id })}` : null;
    make(make(chips, "li"), href ? "a" : "span", { className: `chip ${type}`, textContent: label, ...(href && { href }) });
  };
  for (const topic of article.topics.slice(0, 2)) chip("topic", topic.id, topic.label);
  for (const entity of article.entities.slice(0, 5)) chip(entity.type, entity.id, entity.name);
  if (!chips.children.length) chips.remove();
  sayHowLongAgo(item);
  return item;
}
