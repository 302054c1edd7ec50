// While a name is typed after @, offers those of this conversation that begin so. The names stand in the form ([data-names]); typing
// them by hand works as well. Arrow keys choose, Enter or Tab puts in, Escape closes.

const TYPED = /(^|[\s(])@([^\n@]{0,60})$/;
let panel = null; // the list that is open: { box, list, at }

const close = () => {
  if (!panel) return;
  panel.list.remove();
  panel.box.removeAttribute("aria-activedescendant");
  panel.box.removeAttribute("aria-controls");
  panel = null;
};

const choose = (n) => {
  const options = [...panel.list.children];
  panel.at = (n + options.length) % options.length;
  options.forEach((option, i) => option.setAttribute("aria-selected", i === panel.at));
  panel.box.setAttribute("aria-activedescendant", options[panel.at].id);
};

const put = (name) => {
  const { box } = panel;
  const before = box.value.slice(0, box.selectionStart);
  const start = before.lastIndexOf("@") + 1;
  box.setRangeText(`${name} `, start, box.selectionStart, "end");
  close();
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
};

const offer = (box) => {
  const names = box.form?.querySelector("[data-names]");
  const typed = names && box.selectionStart === box.selectionEnd && TYPED.exec(box.value.slice(0, box.selectionStart));
  const fitting = typed ? [...names.querySelectorAll("b")].map((b) => b.textContent).filter((n) => n.toLowerCase().startsWith(typed[2].toLowerCase()) && n !== typed[2]) : [];
  close();
  if (!fitting.length) return;
  const list = document.createElement("ul");
  list.id = `${box.id}-names`;
  list.className = "names";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", names.dataset.names);
  fitting.slice(0, 6).forEach((name, i) => {
    const option = document.createElement("li");
    option.id = `${list.id}-${i}`;
    option.setAttribute("role", "option");
    option.textContent = name;
    option.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the box keeps the focus
      put(name);
    });
    list.append(option);
  });
  box.after(list);
  box.setAttribute("aria-controls", list.id);
  panel = { box, list, at: 0 };
  choose(0);
  document.dispatchEvent(new CustomEvent("say", { detail: `${names.dataset.names}: ${fitting.slice(0, 6).join(", ")}` }));
};

document.addEventListener("input", (event) => event.target.matches("textarea[data-mention]") && offer(event.target));
document.addEventListener("focusout", (event) => event.target === panel?.box && close());
document.addEventListener("keydown", (event) => {
  if (!panel || event.target !== panel.box || event.isComposing) return;
  if (event.key === "ArrowDown") choose(panel.at + 1);
  else if (event.key === "ArrowUp") choose(panel.at - 1);
  else if (event.key === "Enter" || event.key === "Tab") put(panel.list.children[panel.at].textContent);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
});
