// The journal as a document, for who has no account: answers that this browser kept. And the way from there into an account.
const all = (name) => {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") ?? {};
  } catch {
    return {};
  }
};
const inOrder = (name) => {
  const place = ([, entry]) => entry.ref.split(".").map((n) => n.padStart(4, "0")).join(".");
  return Object.entries(all(name)).sort((a, b) => place(a).localeCompare(place(b)));
};
const put = (name, entries) => {
  if (Object.keys(entries).length) localStorage.setItem(name, JSON.stringify(entries));
  else localStorage.removeItem(name);
};

const move = document.querySelector("[data-journal-move]");
if (move) {
  const name = `journal/${move.dataset.course}`;
  move.hidden = inOrder(name).length === 0;
  move.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const status = move.querySelector("[role=status]");
    const entries = inOrder(name);
    const kept = JSON.stringify(entries.map(([, { step, question, text }]) => ({ step, question, text })));
    const token = event.target.elements.csrfmiddlewaretoken.value;
    try {
      const body = new URLSearchParams({ csrfmiddlewaretoken: token, kept });
      const answer = await fetch(move.dataset.journalMove, { method: "POST", body, headers: { Accept: "application/json" } });
      const { moved } = await answer.json();
      const left = entries.filter((_, place) => !moved.includes(place));
      put(name, Object.fromEntries(left));
      if (!left.length) location.reload();
      status.textContent = status.dataset.left;
    } catch {
      status.textContent = status.dataset.failed;
    }
  });
}

const page = document.querySelector("[data-journal-page]");
if (page) {
  const name = `journal/${page.dataset.course}`;
  const shared = document.documentElement.hasAttribute("data-shared");
  const element = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });
  const show = () => {
    const entries = shared ? [] : inOrder(name);
    page.querySelector("[data-when-kept]").hidden = !entries.length;
    page.querySelector("[data-when-empty]").hidden = shared || entries.length > 0;
    page.querySelector("[data-when-shared]").hidden = !shared;
    page.querySelector("[data-choice]").hidden = shared;
    const place = page.querySelector("[data-entries]");
    place.replaceChildren();
    let step;
    for (const [key, entry] of entries) {
      if (step?.dataset.step !== entry.step) {
        step = place.appendChild(element("section", "journal-step", ""));
        step.dataset.step = entry.step;
        const link = element("a", "", `${entry.ref} ${entry.title}`);
        if (entry.address.startsWith("/courses/")) link.href = entry.address;
        step.appendChild(element("h2", "h3", "")).append(link);
      }
      const article = step.appendChild(element("article", "journal-entry", ""));
      const remove = element("button", "btn btn--plain btn--sm noprint", page.dataset.remove);
      remove.type = "button";
      remove.append(element("span", "sr", `: ${entry.asked}`));
      remove.addEventListener("click", () => {
        const { [key]: _, ...others } = all(name);
        put(name, others);
        show();
      });
      article.append(
        element("h3", "h4", entry.asked),
        element("p", "journal-entry__text", entry.text),
        element("p", "small muted", `${page.dataset.written} ${new Date(`${entry.day}T12:00`).toLocaleDateString(document.documentElement.lang)}`),
        remove,
      );
    }
  };
  page.querySelector("[data-download]").addEventListener("click", () => {
    const lines = [`# ${page.dataset.heading}`, ""];
    let step;
    for (const [, entry] of inOrder(name)) {
      if (step !== entry.step) lines.push(`## ${entry.ref} ${entry.title}`, "");
      step = entry.step;
      lines.push(`> ${entry.asked}`, "", entry.text, "");
    }
    const link = element("a", "", "");
    link.href = URL.createObjectURL(new Blob([lines.join("\n")], { type: "text/markdown" }));
    link.download = "journal.md";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  });
  page.querySelector("[data-erase]").addEventListener("click", () => {
    localStorage.removeItem(name);
    show();
  });
  const keeping = page.querySelector("[data-keeping]");
  keeping.checked = !localStorage.getItem("journal-off");
  keeping.addEventListener("change", () => {
    if (keeping.checked) localStorage.removeItem("journal-off");
    else localStorage.setItem("journal-off", "1");
  });
  show();
}
