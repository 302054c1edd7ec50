// Keeps what stands in a form of the workbench in this browser until it is saved, and offers it when the form is opened again: nothing is
// filled in unasked. On a shared computer nothing is kept. Stored under "workbench:draft:<address of the form>": a list of drafts, the
// last one the newest, each {when, base: a mark of what the form was opened with, fields: [[name, value], …]}. Files cannot be kept.

const START = "workbench:draft:";
const SENT = "workbench:sent"; // in the tab: the form that was sent last
const DAYS = 30;
const PAUSE = 600; // milliseconds after the last key
const NOT_KEPT = /^(csrfmiddlewaretoken|_.*|action|.*-(MIN|MAX)_NUM_FORMS)$/;

const read = (key) => {
  try {
    const oldest = Date.now() - DAYS * 24 * 3600 * 1000;
    return JSON.parse(localStorage.getItem(key) ?? "[]").filter((draft) => draft.when > oldest);
  } catch {
    return [];
  }
};
const write = (key, drafts) => {
  try {
    if (drafts.length) localStorage.setItem(key, JSON.stringify(drafts.slice(-3)));
    else localStorage.removeItem(key);
  } catch {
    /* a browser that keeps nothing, or is full */
  }
};

// Signing out takes all drafts along.
let signedOut = false;
document.getElementById("logout-form")?.addEventListener("submit", () => {
  signedOut = true;
  for (const key of Object.keys(localStorage)) if (key.startsWith("workbench:")) localStorage.removeItem(key);
  sessionStorage.clear();
});

// What was sent is saved when the page that came says so.
const sent = sessionStorage.getItem(SENT);
sessionStorage.removeItem(SENT);
if (sent && document.querySelector(".messagelist .success")) write(sent, []);

const stateOf = (form) => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NOT_KEPT.test(name)).map(([name, value]) => [name, value.replace(/\r\n?/g, "\n")]);

// A short mark of a text, to tell whether two are the same (FNV-1a).
const markOf = (text) => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16) + text.length.toString(16);
};

// Rows of parts are found again by their id, wherever they stand now; new ones come behind those that are there.
const placesOf = (form, fields) => {
  const old = new Map(fields);
  const places = new Map();
  for (const [name, total] of fields) {
    if (!name.endsWith("-TOTAL_FORMS")) continue;
    const prefix = name.slice(0, -"-TOTAL_FORMS".length);
    const now = form.elements[name];
    if (!now) continue;
    let next = Number(form.elements[`${prefix}-INITIAL_FORMS`].value);
    for (let i = 0; i < Number(total); i++) {
      const id = old.get(`${prefix}-${i}-id`);
      if (id) {
        const field = [...form.elements].find((e) => e.value === id && e.name.startsWith(`${prefix}-`) && e.name.endsWith("-id"));
        if (field) places.set(`${prefix}-${i}-`, field.name.slice(0, -2));
        continue;
      }
      while (Number(now.value) <= next) {
        const before = now.value;
        document.querySelector(`#${prefix}-group .add-row a`)?.click();
        if (now.value === before) break;
      }
      places.set(`${prefix}-${i}-`, `${prefix}-${next++}-`);
    }
  }
  return places;
};

const fill = (form, fields) => {
  const places = placesOf(form, fields);
  const values = new Map();
  for (const [name, value] of fields) {
    if (/-(TOTAL|INITIAL)_FORMS$/.test(name) || /-\d+-id$/.test(name)) continue;
    const row = name.match(/^(.*?-\d+-)(.+)$/);
    const there = row ? places.get(row[1]) && places.get(row[1]) + row[2] : name;
    if (there) values.set(there, [...(values.get(there) ?? []), value]);
  }
  const mine = new Set([...places.values()]);
  for (const field of form.elements) {
    const row = field.name?.match(/^(.*?-\d+-)/)?.[1];
    if (!field.name || NOT_KEPT.test(field.name) || /-(TOTAL|INITIAL)_FORMS$|-\d+-id$/.test(field.name) || field.type === "file" || (row && !mine.has(row))) continue;
    const wanted = values.get(field.name);
    if (field.type === "checkbox" || field.type === "radio") field.checked = Boolean(wanted?.includes(field.value));
    else if (wanted !== undefined) field.value = wanted[0];
    else continue;
    field.closest("details:not([open])")?.setAttribute("open", "");
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
  for (const box of form.querySelectorAll("textarea, [name=minutes]")) box.dispatchEvent(new Event("input", { bubbles: true }));
};

const place = document.querySelector("[data-drafts]");
const form = place?.closest("form");
if (form) {
  const shared = place.hasAttribute("data-shared");
  const key = START + location.pathname;
  const refused = document.querySelector(".errornote") !== null; // what was typed stands in the form again, unsaved
  const text = () => JSON.stringify(stateOf(form));
  const pristine = form.cloneNode(true);
  pristine.reset(); // a browser that loads the page again may have put back what was typed
  const opened = JSON.stringify(stateOf(pristine));
  const base = markOf(opened);
  let others = shared ? [] : read(key).filter((draft) => JSON.stringify(draft.fields) !== opened);
  if (!shared) write(key, others);
  let timer = 0;
  let leaving = false;
  const changed = () => refused || text() !== opened;

  const keep = () => {
    clearTimeout(timer);
    timer = 0;
    if (shared || signedOut) return;
    write(key, changed() ? [...others, { when: Date.now(), base, fields: stateOf(form) }] : others);
  };
  const offer = () => {
    const draft = others.at(-1);
    place.hidden = !draft || refused;
    if (place.hidden) return;
    const when = new Date(draft.when);
    const today = when.toDateString() === new Date().toDateString();
    const shown = when.toLocaleString(document.documentElement.lang, { ...(today ? {} : { day: "numeric", month: "long" }), hour: "2-digit", minute: "2-digit" });
    const words = place.querySelector("[data-when]");
    words.textContent = words.dataset.when.replace("{when}", shown);
    place.querySelector("[data-changed]").hidden = draft.base === base;
  };
  place.querySelector("[data-take]").addEventListener("click", () => {
    const draft = others.pop();
    fill(form, draft.fields);
    keep();
    offer();
    (form.elements.body ?? form.elements.title)?.focus();
  });
  place.querySelector("[data-drop]").addEventListener("click", () => {
    others.pop();
    keep();
    offer();
    if (place.hidden) (form.elements.title ?? form.querySelector("input, textarea"))?.focus();
  });
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  };
  for (const event of ["input", "change"]) form.addEventListener(event, later);
  for (const event of ["formset:added", "formset:removed"]) document.addEventListener(event, later);
  addEventListener("pagehide", () => timer && keep());
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") return; // the "Preview" button; the form stays
    leaving = true;
    others = [];
    keep();
    if (!shared) sessionStorage.setItem(SENT, key);
  });
  addEventListener("pageshow", () => (leaving = false)); // come back to
  addEventListener("beforeunload", (event) => {
    if (!leaving && changed()) event.preventDefault();
  });
  offer();
  if (changed()) later(); // typed before this file was there
}
