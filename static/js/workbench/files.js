// Looks at a picture or a caption file as soon as it is chosen; what is wrong stands beside the field. Saving looks again.

const settings = document.querySelector("[data-check-files]");
const form = settings?.closest("form");
const KINDS = [[/^captions-\d+-file$/, "captions"], [/^chapters$/, "chapters"], [/^(figures-\d+-file|poster|picture)$/, "picture"]];

const region = (field) => {
  const id = `${field.id}_looked`;
  let place = document.getElementById(id);
  if (!place) {
    place = document.createElement("div");
    place.id = id;
    place.setAttribute("role", "status");
    field.closest(".flex-container, div")?.after(place);
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
  }
  return place;
};

const say = (place, sentences, wrong) => {
  const list = document.createElement("ul");
  list.className = wrong ? "errorlist" : "looked";
  list.append(...sentences.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
  place.replaceChildren(list);
};

const look = async (field) => {
  const kind = field.type === "file" && KINDS.find(([names]) => names.test(field.name))?.[1];
  if (!kind) return;
  const place = region(field);
  const file = field.files[0];
  place.replaceChildren();
  field.removeAttribute("aria-invalid");
  if (!file) return;
  say(place, [settings.dataset.looking]);
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  data.set("kind", kind);
  data.set("file", file);
  let problems = null;
  try {
    const answer = await fetch(settings.dataset.checkFiles, { method: "POST", body: data, redirect: "manual" });
    if (answer.ok) problems = (await answer.json()).problems;
  } catch {
    /* no connection: said below */
  }
  if (field.files[0] !== file) return; // another one was chosen meanwhile
  if (problems?.length) field.setAttribute("aria-invalid", "true");
  say(place, problems === null ? [settings.dataset.failed] : problems.length ? problems : [settings.dataset.fine], problems?.length);
};

form?.addEventListener("change", ({ target }) => look(target));
for (const field of form?.querySelectorAll("[type=file]") ?? []) if (field.files[0]) look(field); // chosen before this file was there
