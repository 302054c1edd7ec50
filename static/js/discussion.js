// Posting, liking, loading more without a new page. Every form and link here works without this file.
//
// The contract
//
// What is pressed     A link, a form, or one button of a form with data-swap="<id>". The module fetches the link's or form's own address
//                     (for a link data-from, where that is another) with the header "X-Fragment: <id>" (a form with all its fields, the
//                     pressed button's too).
// What is answered    A server that understands answers with a header X-Fragment and one or more elements (courses/fragments.py). Each
//                     takes the place of the element with its id; or, with data-into="<list id>", is put at the end of that list, with
//                     data-before="<list id>" at its start. A redirect is followed as a page. What was refused (422) is an answer too.
//                     Anything else (an old session, no connection, an error) falls back to what the browser does without a script.
// The focus           stays where it was if what had it is still there (found by id, or by its place in the replaced element: the same
//                     name, formaction or href); an element of the answer with data-focus takes it instead.
// What is said        the words in data-said of the elements of the answer, in one polite live region.
// What may be heard   the event "swapped" on the document, with the new elements in detail; what may be sent, "say" with words.
//
// Besides: [data-copy] links copy their address; forms with data-draft keep what is written in this tab until the server has taken it
// (nothing is kept on a device that is shared: <html data-shared>), and count what is left; a comment that the address names is focused.

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const plain = new WeakSet(); // what is on its way as the browser does it
const busy = new Set();

const region = document.createElement("p");
region.className = "sr";
region.setAttribute("role", "status");
document.body.append(region);
let clearing = 0;
export const say = (words) => {
  clearTimeout(clearing);
  region.textContent = "";
  setTimeout(() => (region.textContent = words), 50);
  clearing = setTimeout(() => (region.textContent = ""), 8000);
};

document.addEventListener("say", (event) => say(event.detail));

const same = (root, element) => {
  if (element.id) return document.getElementById(element.id);
  for (const name of ["name", "formaction", "href"]) {
    const value = element.getAttribute(name);
    const found = value !== null && [...root.querySelectorAll(`[${name}]`)].find((e) => e.getAttribute(name) === value && e.localName === element.localName);
    if (found) return found;
  }
  return element.localName === "summary" ? root.querySelector("summary") : null;
};

const focus = (element) => {
  if (!element.matches("a[href], button, input, select, textarea, summary, [tabindex]")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "nearest" });
};

const put = (elements) => {
  const had = document.activeElement;
  const placed = [];
  let next = null;
  for (const element of elements) {
    const { into, before } = element.dataset;
    const list = (into || before) && document.getElementById(into || before);
    const old = element.id && document.getElementById(element.id);
    if (old) {
      const held = old.contains(had);
      old.replaceWith(element);
      if (held) next ??= same(element, had) || element;
    } else if (list) list[into ? "append" : "prepend"](element);
    else continue;
    placed.push(element);
  }
  next = placed.flatMap((e) => (e.matches("[data-focus]") ? [e] : [...e.querySelectorAll("[data-focus]")]))[0] || next;
  if (next) focus(next);
  const words = placed.map((e) => e.dataset.said).filter(Boolean);
  if (words.length) say(words.join(" "));
  document.dispatchEvent(new CustomEvent("swapped", { detail: placed }));
};

const show = async (elements) => {
  if (!document.startViewTransition || calm.matches || document.visibilityState !== "visible") return put(elements);
  const moving = document.startViewTransition(() => put(elements));
  moving.finished.catch(() => {});
  await moving.updateCallbackDone;
};

// Fetch, and say whether the answer was taken; what is false is left to the browser.
const take = async (address, options, id) => {
  const answer = await fetch(address, { ...options, headers: { "X-Fragment": id }, cache: "no-store" });
  if (answer.redirected) {
    location.assign(answer.url);
    return true;
  }
  if (!answer.headers.has("X-Fragment")) return false;
  const page = document.createElement("template");
  page.innerHTML = await answer.text();
  await show([...page.content.children]);
  return true;
};

const swap = async (id, address, options, otherwise) => {
  if (busy.has(id)) return;
  busy.add(id);
  document.getElementById(id)?.setAttribute("aria-busy", "true");
  let taken = false;
  try {
    taken = await take(address, options, id);
  } catch {
    taken = false;
  }
  busy.delete(id);
  document.getElementById(id)?.removeAttribute("aria-busy");
  if (!taken) otherwise();
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  const id = button?.dataset.swap ?? form.dataset.swap;
  if (!id || event.defaultPrevented || plain.delete(button ?? form)) return;
  event.preventDefault();
  const body = new FormData(form, button);
  const address = button?.hasAttribute("formaction") ? button.formAction : form.action;
  swap(id, address, { method: "POST", body }, () => {
    plain.add(button ?? form);
    form.requestSubmit(button);
  });
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if ("copy" in link.dataset && navigator.clipboard) {
    event.preventDefault();
    link.closest("details")?.removeAttribute("open");
    navigator.clipboard.writeText(link.href).then(() => say(link.dataset.copied), () => location.assign(link.href));
  } else if (link.dataset.swap) {
    event.preventDefault();
    swap(link.dataset.swap, link.dataset.from ?? link.href, {}, () => location.assign(link.href));
  }
});

// Drafts. A form's action is its name. "…:sent" says that the browser, not this module, has sent it; the page that comes then tells by its
// address whether it was taken.
const shared = "shared" in document.documentElement.dataset;
const keep = (key, value) => {
  if (shared) return;
  try {
    if (value) sessionStorage.setItem(key, value);
    else sessionStorage.removeItem(key);
  } catch {
    /* a browser that keeps nothing */
  }
};
const kept = (key) => {
  try {
    return shared ? null : sessionStorage.getItem(key);
  } catch {
    return null;
  }
};
const keyOf = (form) => `draft:${new URL(form.getAttribute("action"), location).pathname}`;

const count = (box) => {
  const words = document.getElementById(box.getAttribute("aria-describedby"))?.querySelector("[data-left]");
  if (!words) return;
  const left = Number(box.dataset.most) - box.value.length;
  words.textContent = (left < 0 ? words.dataset.over : words.dataset.left).replace("{n}", Math.abs(left).toLocaleString(document.documentElement.lang));
  words.classList.toggle("over", left < 0);
};

const ready = (form) => {
  const box = form.querySelector("textarea");
  const key = keyOf(form);
  if (kept(`${key}:sent`) && !box.value && location.hash.startsWith("#c-")) keep(key, "");
  keep(`${key}:sent`, "");
  const draft = kept(key) ?? "";
  const early = box.value === box.defaultValue ? "" : box.value.trim(); // typed before this file was there, or put back by the browser
  if (early && !draft.includes(early)) keep(key, (box.value = [draft, box.value].filter(Boolean).join("\n\n")));
  else if (draft && (early || !box.value.trim())) box.value = draft;
  count(box);
};
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (event.target.localName !== "textarea" || !form?.matches("[data-draft]")) return;
  keep(keyOf(form), event.target.value);
  count(event.target);
});
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-draft]") || event.defaultPrevented) return;
  keep(keyOf(form), form.querySelector("textarea").value);
  keep(`${keyOf(form)}:sent`, "1");
});
document.addEventListener("swapped", ({ detail }) => {
  for (const element of detail) {
    if (element.dataset.posted) keep(`draft:${element.dataset.posted}`, "");
    for (const form of [element, ...element.querySelectorAll("form")]) if (form.matches("form[data-draft]")) ready(form);
  }
});
for (const form of document.querySelectorAll("form[data-draft]")) ready(form);

// The comment that the address names has the focus, so that reading and tabbing go on from there.
const named = () => {
  const comment = location.hash.startsWith("#c-") && document.getElementById(location.hash.slice(1));
  if (comment) comment.focus({ preventScroll: true });
};
addEventListener("hashchange", named);
if (!document.querySelector("[role=alert][tabindex]")) named();
