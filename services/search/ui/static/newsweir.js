// Makes the pages handier; everything works without it.
"use strict";

// Names for codes of languages and countries, in the reader's own language.
for (const element of document.querySelectorAll("[data-name-of]")) {
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

// How long ago, for what is less than two days old; the full time becomes the tooltip.
const relative = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
for (const element of document.querySelectorAll(".results time[data-exact]")) {
  const minutes = Math.round((Date.parse(element.dateTime) - Date.now()) / 60000);
  if (minutes > 0 || minutes < -2880) continue;
  element.title = element.textContent;
  const hours = Math.round(minutes / 60);
  if (minutes > -60) element.textContent = relative.format(minutes, "minute");
  else element.textContent = hours > -24 ? relative.format(hours, "hour") : relative.format(Math.round(hours / 24), "day");
}

// "/" goes to the search box; j and k go from result to result.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("q").select();
  } else if (event.key === "j" || event.key === "k") {
    const titles = [...document.querySelectorAll(".result h2 a")];
    const next = titles.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
    titles[Math.max(0, next)]?.focus();
  }
});
