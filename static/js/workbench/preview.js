// The page as it will be, beside the form: fetched a moment after the last key, one at a time, and put into a frame in which no script
// runs. Whether it is shown is kept in the tab.

const PAUSE = 1000; // milliseconds after the last key
const GAP = 3000; // between two: twenty a minute leave room for saving (accounts/limits.py)
const LATER = 60000; // after the server asked for a pause
const LARGEST = 200000; // bytes of a new picture that is sent each time; a larger one has a stand-in

const place = document.querySelector("[data-live-preview]");
const form = document.querySelector("#step_form");
const frame = place?.querySelector("iframe");
const said = place?.querySelector("[role=status]");
const button = place?.querySelector("button");
const page = place?.querySelector(".beside__page");
const shared = document.querySelector("[data-drafts]")?.hasAttribute("data-shared");
const KEY = "workbench:preview";
let timer = 0;
let started = 0;
let running = null;
let words = "";

const STAND_IN = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><path fill="#888" d="M0 0h4v3H0z"/></svg>';
const content = () => {
  const data = new FormData(form);
  for (const [name, file] of [...data]) {
    if (!(file instanceof File) || !file.name) continue;
    if (file.type.startsWith("image/") && file.size > LARGEST) data.set(name, new File([STAND_IN], "picture.svg", { type: "image/svg+xml" }));
    else if (name === "film" || name === "audio") data.set(name, new File(["x"], file.name));
  }
  return data;
};

const say = (text, list) => {
  const now = text + (list?.textContent ?? "");
  if (now === words) return; // said once
  words = now;
  said.replaceChildren(...(text ? [Object.assign(document.createElement("p"), { textContent: text })] : []), ...(list ? [list] : []));
};

// Links open beside; those to a place on the page stay. The head is left as it is, so that nothing flickers.
const show = (html) => {
  const made = new DOMParser().parseFromString(html, "text/html");
  for (const link of made.querySelectorAll("a[href]")) {
    if (link.getAttribute("href").startsWith("#")) link.removeAttribute("href");
    else Object.assign(link, { target: "_blank", rel: "noopener" });
  }
  const inside = frame.contentDocument;
  const at = inside.scrollingElement?.scrollTop ?? 0;
  const sheets = (root) => [...root.querySelectorAll("link[rel=stylesheet]")].map((link) => link.getAttribute("href")).join();
  if (sheets(inside) === sheets(made)) {
    inside.title = made.title;
    inside.body.replaceWith(inside.adoptNode(made.body));
  } else inside.documentElement.replaceWith(inside.adoptNode(made.documentElement));
  if (inside.scrollingElement) inside.scrollingElement.scrollTop = at;
};

const fetchPage = async () => {
  running?.abort();
  const mine = (running = new AbortController());
  started = Date.now();
  place.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(place.dataset.livePreview, { method: "POST", body: content(), signal: mine.signal, redirect: "manual" });
    const text = await answer.text();
    if (answer.status === 200) {
      say("");
      show(text);
    } else if (answer.status === 422) say(place.dataset.wait, new DOMParser().parseFromString(text, "text/html").querySelector("ul"));
    else if (answer.status === 403 || answer.type === "opaqueredirect") say(place.dataset.signedOut);
    else {
      if (answer.status === 429) started = Date.now() + LATER;
      say(place.dataset.offline);
    }
  } catch (error) {
    if (error.name === "AbortError") return;
    say(place.dataset.offline);
  }
  place.removeAttribute("aria-busy");
};

const soon = (pause = PAUSE) => {
  clearTimeout(timer);
  if (!page.hidden) timer = setTimeout(fetchPage, Math.max(pause, started + GAP - Date.now()));
};

const turn = (on) => {
  page.hidden = !on;
  button.setAttribute("aria-expanded", String(on));
  button.textContent = on ? button.dataset.hide : button.dataset.show;
  document.body.classList.toggle("has-beside", on);
  if (on) soon(0);
  else running?.abort();
};

if (place && form) {
  place.hidden = false;
  let chosen = null;
  try {
    chosen = sessionStorage.getItem(KEY);
  } catch {
    /* a browser that keeps nothing */
  }
  turn(chosen ? chosen === "on" : matchMedia("(min-width: 75rem)").matches);
  button.addEventListener("click", () => {
    turn(page.hidden);
    try {
      if (!shared) sessionStorage.setItem(KEY, page.hidden ? "off" : "on");
    } catch {
      /* likewise */
    }
  });
  for (const event of ["input", "change"]) form.addEventListener(event, () => soon());
  for (const event of ["formset:added", "formset:removed"]) document.addEventListener(event, () => soon());
}
