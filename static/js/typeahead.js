// A combobox over a listbox that htmx fills. In [data-typeahead]: an input with role=combobox, an element
// with role=listbox, and as a rule a hidden input [data-typeahead-id]. Choosing an option clicks the button in
// it, or copies its data-name and data-id; either way the wrapper then sends "typeahead:chosen" with both.

const parts = (wrapper) => ({
  input: wrapper.querySelector("[role=combobox]"),
  list: wrapper.querySelector("[role=listbox]"),
  id: wrapper.querySelector("[data-typeahead-id]"),
});

const options = (list) => [...list.querySelectorAll("[role=option]")];

const select = ({ input, list }, chosen) => {
  options(list).forEach((option, index) => {
    option.id ||= `${list.id}-${index}`;
    option.setAttribute("aria-selected", String(option === chosen));
  });
  if (chosen) {
    input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  } else input.removeAttribute("aria-activedescendant");
};

const open = (part, isOpen) => {
  part.list.hidden = !isOpen;
  part.input.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) select(part, null);
};

const finish = (wrapper, { name = "", id = "" }) => {
  open(parts(wrapper), false);
  wrapper.dispatchEvent(new CustomEvent("typeahead:chosen", { bubbles: true, detail: { id, name } }));
};

const choose = (wrapper, option) => {
  const button = option.querySelector("button");
  if (button) return button.click();  // comes back through the click listener
  const { input, id } = parts(wrapper);
  input.value = option.dataset.name || "";
  if (id) id.value = option.dataset.id || "";
  finish(wrapper, option.dataset);
};

const onKey = (wrapper, event) => {
  const part = parts(wrapper);
  const all = options(part.list);
  const at = all.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && all.length) {
    open(part, true);
    select(part, all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]);
  } else if (event.key === "Enter" && !part.list.hidden && at >= 0) choose(wrapper, all[at]);
  else if (event.key === "Escape" && !part.list.hidden) {
    open(part, false);
    part.list.dataset.dismissed = "";  // an answer that is still on its way does not open it again
  }
  else return;
  event.preventDefault();
};

const wrapperOf = (event) => event.target.closest?.("[data-typeahead]");
const isCombobox = (event) => event.target.matches?.("[data-typeahead] [role=combobox]");

document.addEventListener("keydown", (event) => { if (isCombobox(event)) onKey(wrapperOf(event), event); });
// A name typed over is no longer the record that was chosen.
document.addEventListener("input", (event) => {
  if (!isCombobox(event)) return;
  const { list, id } = parts(wrapperOf(event));
  delete list.dataset.dismissed;
  if (id) id.value = "";
});
document.addEventListener("mousedown", (event) => { if (event.target.closest?.("[data-typeahead] [role=option]")) event.preventDefault(); });
document.addEventListener("click", (event) => {
  const option = event.target.closest?.("[data-typeahead] [role=option]");
  if (option && event.target.closest("button")) finish(wrapperOf(event), option.dataset);
  else if (option) choose(wrapperOf(event), option);
});
document.addEventListener("focusout", (event) => { if (isCombobox(event)) open(parts(wrapperOf(event)), false); });
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const wrapper = detail.target?.closest?.("[data-typeahead]");
  if (!wrapper) return;
  const part = parts(wrapper);
  open(part, options(part.list).length > 0 && document.activeElement === part.input && !("dismissed" in part.list.dataset));
});
