// The tree of a course: acts on its buttons without loading the page anew, and lets rows be dragged. Without this script the same buttons
// do the same, and for dragging there are "↑", "↓" and "Move to another place". What a drop sends is what a button would send:
// "step-12 from 3 before 15 in 4".

const INSIDE = { step: "topic", topic: "week" };
const EDGE = 70; // pixels from the edge of the window where a drag scrolls
const tree = () => document.querySelector("[data-tree]");
const said = document.querySelector("[data-said]");
const kind = (row) => row.dataset.row.split("-")[0];
const number = (row) => row.dataset.row.split("-")[1];

const ready = () => {
  for (const row of tree().querySelectorAll("[data-grip]:not([data-grip=''])")) {
    const grip = document.createElement("span");
    grip.className = "grip";
    grip.title = tree().dataset.handle;
    grip.setAttribute("aria-hidden", "true");
    row.prepend(grip);
  }
};

const fail = (words) => {
  const list = document.createElement("ul");
  list.className = "messagelist";
  list.append(Object.assign(document.createElement("li"), { className: "error", textContent: words }));
  said.replaceChildren(list);
};

// Sends an act and puts the tree as it is then in place of the one that is shown.
const send = async (words) => {
  const form = tree();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const body = new URLSearchParams(new FormData(form));
  body.set("do", words);
  try {
    const answer = await fetch(location.pathname, { method: "POST", body, headers: { "X-Fragment": form.id } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-tree]");
    if (!fresh) return location.reload(); // signed out meanwhile, or the row is gone: the page says which
    form.replaceWith(fresh);
    said.replaceChildren(...page.querySelector("[data-said]").childNodes);
    ready();
    const place = document.getElementById(fresh.dataset.focus);
    const fold = place?.closest("details");
    if (fold && place.localName !== "summary") fold.open = true;
    place?.focus();
  } catch {
    fail(form.dataset.failed);
    form.ariaBusy = "false";
  }
};

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-tree]") || !event.submitter) return;
  event.preventDefault();
  send(event.submitter.value);
});

// Dragging
let drag = null; // { row, pointer, y, over, side }

const mark = (over, side) => {
  if (drag.over === over && drag.side === side) return;
  delete drag.over?.dataset.drop;
  Object.assign(drag, { over, side });
  if (over) over.dataset.drop = side;
};

// Where the row would go if it were let go here: beside a row of its kind, or into what holds such rows.
const aim = (x, y) => {
  const what = kind(drag.row);
  const below = document.elementFromPoint(x, y);
  let over = below?.closest("[data-row]");
  while (over && kind(over) !== what && kind(over) !== INSIDE[what]) over = over.parentElement.closest("[data-row]");
  if (!over || over === drag.row) return mark(null, "");
  if (kind(over) === what) {
    const { top, height } = over.getBoundingClientRect();
    return mark(over, y < top + height / 2 ? "before" : "after");
  }
  const first = [...over.querySelectorAll("[data-row]")].find((row) => kind(row) === what);
  if (!first || !over.firstElementChild.contains(below)) return mark(over, "into");
  return first === drag.row ? mark(null, "") : mark(first, "before");
};

const scroll = () => {
  if (!drag) return;
  const speed = drag.y < EDGE ? drag.y - EDGE : Math.max(0, drag.y - innerHeight + EDGE);
  if (speed) {
    scrollBy(0, speed / 5);
    aim(drag.x, drag.y);
  }
  requestAnimationFrame(scroll);
};

const end = () => {
  const { row, over, side } = drag;
  delete row.dataset.dragged;
  delete over?.dataset.drop;
  drag = null;
  return { row, over, side };
};

document.addEventListener("pointerdown", (event) => {
  const grip = event.target.closest(".grip");
  if (!grip || event.button || drag) return;
  event.preventDefault();
  grip.setPointerCapture(event.pointerId);
  drag = { row: grip.closest("[data-row]"), pointer: event.pointerId, x: event.clientX, y: event.clientY, over: null, side: "" };
  drag.row.dataset.dragged = "";
  requestAnimationFrame(scroll);
});
document.addEventListener("pointermove", (event) => {
  if (event.pointerId !== drag?.pointer) return;
  Object.assign(drag, { x: event.clientX, y: event.clientY });
  aim(event.clientX, event.clientY);
});
document.addEventListener("pointerup", (event) => {
  if (event.pointerId !== drag?.pointer) return;
  const { row, over, side } = end();
  if (!over) return;
  const to = side === "into" ? `in ${number(over)}` : `${side} ${number(over)} in ${over.dataset.in}`;
  send(`${row.dataset.row} from ${row.dataset.in} ${to}`);
});
document.addEventListener("pointercancel", () => drag && end());

// Escape lets go of what is dragged, or closes an open menu; so does a click elsewhere.
const close = (but) => {
  for (const menu of document.querySelectorAll(".branch__more[open]")) if (menu !== but) menu.open = false;
};
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (drag) end();
  const menu = event.target.closest?.(".branch__more[open]");
  menu?.querySelector("summary").focus();
  close();
});
document.addEventListener("click", (event) => close(event.target.closest(".branch__more")));

ready();
