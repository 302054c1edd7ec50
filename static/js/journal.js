// Keeps answers to a step's questions as they are written: in the account, or without one in this browser alone.
// A form is complete without it; a reader without an account gets fields only through it.
const root = document.querySelector("[data-journal]");
const shared = document.documentElement.hasAttribute("data-shared");
const stored = (name) => {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null");
  } catch {
    return null;
  }
};
const says = (key) => {
  const place = root.querySelector("[role=status]");
  if (place.textContent !== (place.dataset[key] ?? key)) place.textContent = place.dataset[key] ?? key;
};
const later = (field, save, wait) => {
  let timer;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  });
  field.addEventListener("change", () => {
    clearTimeout(timer);
    save();
  });
};

function inAccount(form) {
  const fields = [...form.querySelectorAll("textarea")];
  const draft = (field) => `journal:${form.getAttribute("action")}${field.name}`;
  let turn = Promise.resolve();
  for (const field of fields) {
    const read = form.elements[field.name.replace("answer-", "read-")];
    let last = field.defaultValue;
    const send = async () => {
      const sent = field.value;
      if (sent === last) return;
      try {
        const body = new URLSearchParams([
          ["csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value],
          [field.name, sent],
          [read.name, read.value],
        ]);
        const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: sent.length < 15000 });
        if (answer.status === 403) return says("signedOut");
        const uid = field.name.replace("answer-", "");
        const { kept, refused } = await answer.json();
        field.toggleAttribute("aria-invalid", uid in refused);
        if (uid in refused) return says(refused[uid]);
        read.value = kept[uid].read;
        last = sent + kept[uid].added;
        field.value += kept[uid].added;
        if (field.value === last) sessionStorage.removeItem(draft(field));
        says(kept[uid].added ? "added" : "saved");
      } catch {
        says("failed");
      }
    };
    field.save = () => (turn = turn.then(send));
    later(field, field.save, 1500);
    field.addEventListener("input", () => {
      if (!shared) sessionStorage.setItem(draft(field), JSON.stringify([field.value, read.value]));
    });
    const kept = JSON.parse(sessionStorage.getItem(draft(field)) ?? "null");
    const early = field.value === last ? "" : field.value; // typed before this file was there
    if (kept && kept[0] !== field.value) [field.value, read.value] = [[kept[0], early].filter(Boolean).join("\n\n"), kept[1]];
    if (field.value !== last) field.save();
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    for (const field of fields) field.save();
    turn.then(() => form.querySelector("[role=status]").textContent || says("saved"));
  });
  addEventListener("pagehide", () => fields.forEach((field) => field.save()));
  const waiting = form.querySelector("[data-journal-waiting]");
  if (waiting && Object.keys(stored(`journal/${form.dataset.course}`) ?? {}).length) waiting.hidden = false;
}

function inBrowser(list) {
  const name = `journal/${list.dataset.course}`;
  if (shared || stored("journal-off")) {
    list.querySelector("[data-journal-shared]").hidden = !shared;
    return;
  }
  list.querySelector("[data-journal-with]").hidden = false;
  for (const words of document.querySelectorAll("[data-journal-without]")) words.hidden = true;
  for (const item of list.querySelectorAll("[data-question]")) {
    const key = `${list.dataset.step}/${item.dataset.question}`;
    const field = document.createElement("textarea");
    field.rows = 2;
    field.autocomplete = "off";
    field.setAttribute("aria-labelledby", `ask-${item.dataset.question}`);
    field.value = stored(name)?.[key]?.text ?? "";
    const { step, ref, title, address } = list.dataset;
    const save = () => {
      const all = stored(name) ?? {};
      if ((all[key]?.text ?? "") === field.value) return;
      const { question, asked } = item.dataset;
      all[key] = { step, ref, title, address, question, asked, text: field.value, day: new Date().toISOString().slice(0, 10) };
      if (!field.value.trim()) delete all[key];
      try {
        localStorage.setItem(name, JSON.stringify(all));
        says("saved");
      } catch {
        says("failed");
      }
    };
    later(field, save, 400);
    addEventListener("pagehide", save);
    item.firstElementChild.append(field);
  }
}

if (root?.dataset.journal === "account") inAccount(root);
if (root?.dataset.journal === "browser") inBrowser(root);
