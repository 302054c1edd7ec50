// Tools over the boxes for Markdown, lists to choose links from, and a count of words while somebody types. The page works without.

const form = document.querySelector("#step_form");
const template = document.querySelector("template[data-toolbar]");
const dialog = document.querySelector("[data-chooser]");

// As if typed, so that the browser's own undo takes it back; where that is not possible, at least put there.
const insert = (box, from, to, text, select = [text.length, text.length]) => {
  box.focus();
  box.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) {
    box.setRangeText(text, from, to, "end");
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  box.setSelectionRange(from + select[0], from + select[1]);
};

const around = (box, mark) => {
  const { selectionStart: from, selectionEnd: to, value } = box;
  const words = value.slice(from, to);
  const n = mark.length;
  if (value.slice(from - n, from) === mark && value.slice(to, to + n) === mark) insert(box, from - n, to + n, words, [0, words.length]);
  else insert(box, from, to, mark + words + mark, [n, n + words.length]);
};

const link = (box) => {
  const { selectionStart: from, selectionEnd: to, value } = box;
  const words = value.slice(from, to);
  const address = "https://";
  if (words) insert(box, from, to, `[${words}](${address})`, [words.length + 3, words.length + 3 + address.length]);
  else insert(box, from, to, `[](${address})`, [1, 1]);
};

// Whole lines: a mark before each, or taken away where each has it.
const lines = (box, mark) => {
  const { value } = box;
  const from = value.lastIndexOf("\n", box.selectionStart - 1) + 1;
  const end = value.indexOf("\n", box.selectionEnd);
  const to = end < 0 ? value.length : end;
  const all = value.slice(from, to).split("\n");
  const has = all.every((line) => line.startsWith(mark));
  const text = all.map((line, i) => (has ? line.slice(mark.length) : (mark === "1. " ? `${i + 1}. ` : mark) + line.replace(/^(#{1,6}|[-*]|\d+\.) /, ""))).join("\n");
  insert(box, from, to, text, all.length > 1 ? [0, text.length] : [text.length, text.length]);
};

// On lines of its own, with an empty line on both sides.
const block = (box, text, select) => {
  const { selectionStart: from, selectionEnd: to, value } = box;
  const before = value.slice(0, from);
  const start = !before.trim() ? "" : before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const after = value.slice(to);
  const end = !after.trim() || after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  const at = select ? select.map((n) => n + start.length) : [start.length + text.length, start.length + text.length];
  insert(box, from, to, start + text + end, at);
};

const boxed = (box, kind) => {
  const words = box.value.slice(box.selectionStart, box.selectionEnd);
  if (kind === "figures") return block(box, "> [!figures] \n> - 3 | \n> - 30 | ", [13, 13]);
  const inside = words.split("\n").map((line) => `> ${line}`.trimEnd()).join("\n") || ">";
  block(box, `> [!${kind}]\n${words ? inside : "> "}`);
};

// What can be chosen: the list of steps that stands folded over the box, and what is in the form for this step.
const rows = (prefix, about, write) =>
  [...form.querySelectorAll(`[name^="${prefix}-"][name$="-uid"]`)]
    .filter((field) => /-\d+-/.test(field.name) && field.value.trim())
    .map((field) => {
      const words = form.elements[field.name.replace("-uid", `-${about}`)]?.value.trim() ?? "";
      return { label: `${field.value.trim()} – ${words}`, words: write(field.value.trim()) };
    });
const CHOICES = {
  steps: () => [...form.querySelectorAll("[data-linkable] li")].map((li) => ({ label: li.firstChild.textContent.trim(), words: li.querySelector("code").textContent })),
  sources: () => rows("references", "source", (uid) => `[^${uid}]`),
  figures: () => rows("figures", "alt", (uid) => `![](figure:${uid})`),
};
const plain = (words) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const choose = (box, kind) => {
  const list = dialog.querySelector("ul");
  const search = dialog.querySelector("input");
  const nothing = dialog.querySelector("[data-nothing]");
  const { selectionStart: from, selectionEnd: to } = box;
  const marked = box.value.slice(from, to);
  dialog.querySelector("h2").textContent = dialog.querySelector("h2").dataset[kind];
  nothing.textContent = nothing.dataset[kind];
  search.value = "";
  const take = (choice) => {
    dialog.close();
    box.setSelectionRange(from, to);
    if (kind === "figures") block(box, choice.words);
    else insert(box, from, to, kind === "steps" && marked ? choice.words.replace(/^\[.*\](?=\(step:)/, `[${marked}]`) : kind === "sources" ? marked + choice.words : choice.words);
  };
  const all = CHOICES[kind]().map((choice) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = choice.label;
    button.addEventListener("click", () => take(choice));
    const item = document.createElement("li");
    item.append(button);
    return { item, button, text: plain(`${choice.label} ${choice.words}`) };
  });
  const sift = () => {
    const wanted = plain(search.value).split(/\s+/).filter(Boolean);
    for (const { item, text } of all) item.hidden = !wanted.every((word) => text.includes(word));
    nothing.hidden = all.some(({ item }) => !item.hidden);
  };
  list.replaceChildren(...all.map(({ item }) => item));
  search.oninput = sift;
  dialog.onkeydown = (event) => {
    const shown = all.filter(({ item }) => !item.hidden).map(({ button }) => button);
    if (event.key === "Escape") {
      event.preventDefault(); // a search box would only be emptied
      dialog.close();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      (shown[shown.indexOf(document.activeElement) + step] ?? search).focus();
    } else if (event.key === "Enter" && document.activeElement === search) {
      event.preventDefault(); // nor is the form sent
      shown[0]?.click();
    }
  };
  dialog.onclose = () => box.focus();
  sift();
  dialog.showModal();
  search.focus();
};
dialog?.querySelector("[data-close]").addEventListener("click", () => dialog.close());

const press = (box, { dataset }) => {
  if (dataset.around) around(box, dataset.around);
  else if ("link" in dataset) link(box);
  else if (dataset.lines) lines(box, dataset.lines);
  else if (dataset.box) boxed(box, dataset.box);
  else choose(box, dataset.choose);
};

// Words as the server counts them (courses/content/lengths.py): without code and addresses.
const WORD = /[\p{L}\p{N}]+(?:['’.,:/-][\p{L}\p{N}]+)*/gu;
const withoutCode = (text) =>
  text.replace(/^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ {0,3}\1[^\n]*$|(?![\s\S]))/gm, "").replace(/(?<![\\`])(`+)(?!`)((?:(?!\n\n)[\s\S])*?[^`])\1(?!`)/g, " ");
const wordsIn = (text) => withoutCode(text).replace(/\]\([^()\s]*\)|https?:\/\/\S+|\[\^[\w-]+\]/g, " ").match(WORD)?.length ?? 0;

// What is spoken of a script (courses/content/script.py): neither headings nor the points that slides show.
const spoken = (script) => {
  let point = false;
  const said = script.split("\n").filter((line) => {
    if (!line.trim() || /^\s*(-{3,}|\*{3,}|_{3,})\s*$/.test(line) || /^ {0,3}#{1,6}\s/.test(line)) return (point = false);
    if (/^\s*[-*+]\s/.test(line)) return (point = true) && false;
    return !(point && /^[ \t]/.test(line)) && !(point = false);
  });
  return said.join("\n").replace(/^\*\*[^*\n]{1,60}(?::\*\*|\*\*\s*:)/gm, "");
};

const count = (box) => {
  const place = document.getElementById(`${box.id}_helptext`)?.querySelector("[data-count]");
  if (!place) return;
  const words = wordsIn(box.name === "script" ? spoken(box.value) : box.value);
  const { one, other, said, fastest, slowest } = place.dataset;
  const values = { n: words, from: Math.ceil(words / fastest), to: Math.ceil(words / slowest), minutes: form.elements.minutes?.value || "–" };
  const fill = (sentence) => sentence.replace(/%\((\w+)\)s/g, (_all, name) => values[name]);
  values.words = fill(words === 1 ? one : other);
  place.textContent = fill(said);
};

for (const box of form && template ? form.querySelectorAll("#id_body, #id_script") : []) {
  const tools = template.content.firstElementChild.cloneNode(true);
  tools.setAttribute("aria-controls", box.id);
  for (const group of tools.querySelectorAll(`[data-only]:not([data-only="${box.name}"])`)) group.remove();
  const buttons = [...tools.querySelectorAll("button")];
  buttons.forEach((button, i) => {
    button.tabIndex = i ? -1 : 0;
    button.addEventListener("click", () => press(box, button));
  });
  tools.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const turn = getComputedStyle(tools).direction === "rtl" ? -1 : 1;
    const to = { ArrowRight: at + turn, ArrowLeft: at - turn, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const next = buttons.at(to % buttons.length);
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  });
  box.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    const button = buttons.find(({ dataset }) => dataset.key === event.key.toLowerCase());
    if (!button) return;
    event.preventDefault();
    press(box, button);
  });
  box.addEventListener("input", () => count(box));
  form.elements.minutes?.addEventListener("input", () => count(box));
  box.before(tools);
}
