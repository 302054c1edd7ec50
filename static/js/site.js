// Small helps; every page is complete without them. Each finds its elements by a data- attribute or a class of the design.

// "Leave quickly": do not keep this page as the one that "back" leads to.
for (const link of document.querySelectorAll("[data-quick-exit]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    location.replace(link.href);
  });
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

// What is being written is kept in this tab until the server has taken it.
const box = document.querySelector(".composer textarea");
if (box) {
  const key = `draft:${box.form.getAttribute("action")}`;
  const taken = sessionStorage.getItem(`${key}:sent`) && !box.value && location.hash.startsWith("#c-");
  sessionStorage.removeItem(`${key}:sent`);
  if (taken) sessionStorage.removeItem(key);
  if (!box.value) box.value = sessionStorage.getItem(key) ?? "";
  box.addEventListener("input", () => sessionStorage.setItem(key, box.value));
  box.form.addEventListener("submit", () => {
    sessionStorage.setItem(key, box.value);
    sessionStorage.setItem(`${key}:sent`, "1");
  });
}
