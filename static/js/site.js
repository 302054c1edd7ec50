// Small helps; every page is complete without them. Each finds its elements by a data- attribute or a class of the design.

// On a shared computer (document.documentElement.dataset.shared) no script may keep anything in the browser.
const shared = "shared" in document.documentElement.dataset;
// What was kept in this tab goes. A browser that keeps nothing at all throws, and leaving must not wait for that.
const forget = () => {
  try {
    sessionStorage.clear();
  } catch {
    /* nothing was kept */
  }
};
if (shared) forget();
// Logging out takes along what was kept in this tab, and the drafts of educators (workbench/drafts.js).
document.querySelector("[data-forget]")?.addEventListener("submit", () => {
  forget();
  for (const key of Object.keys(localStorage)) if (key.startsWith("workbench:")) localStorage.removeItem(key);
});

// "Leave quickly": the page is gone at once, "back" does not lead to it, and on a shared computer the session ends. Shift three times does it too.
const exit = document.querySelector("[data-quick-exit]");
const leave = (event) => {
  event?.preventDefault();
  document.body.hidden = true;
  forget();
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (shared && token) navigator.sendBeacon("/leave/", new URLSearchParams({ csrfmiddlewaretoken: token }));
  location.replace(exit.href);
};
exit?.addEventListener("click", leave);
let presses = [];
document.addEventListener("keydown", (event) => {
  presses = event.key === "Shift" && !event.repeat ? [...presses, event.timeStamp].slice(-3) : [];
  if (exit && presses.length === 3 && presses[2] - presses[0] < 1500) leave();
});

// Buttons that print, where a script can.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// Open menus close with Escape or a click elsewhere.
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A refused form says why at its top: bring the reader there.
document.querySelector("[role=alert][tabindex]")?.focus();

// A link to a place inside a closed fold opens it.
const unfold = () => {
  const id = decodeURIComponent(location.hash.slice(1));
  const target = id && document.getElementById(id);
  const fold = target && target.closest("details:not(.menu)");
  if (fold && !fold.open) {
    fold.open = true;
    target.scrollIntoView();
  }
};
addEventListener("hashchange", unfold);
unfold();
