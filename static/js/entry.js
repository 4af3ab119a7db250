// The list of investors of a hand entry as chips. The textarea stays the truth, one name a line with a star for a lead:
// the chips are drawn from it and write back to it, so that the form is sent the same with or without this script.

const LEAD = /^\s*\*\s*|\s*\*\s*$/;

const draw = (part) => {
  const lines = part.text.value.split("\n").map((line) => line.trim()).filter((line) => line.replace(/[*\s]/g, ""));
  part.chips.replaceChildren(...lines.map((line, at) => {
    const name = line.replace(/^[*\s]+|[*\s]+$/g, "");
    const isLead = LEAD.test(line);
    const chip = document.createElement("li");
    chip.className = "chip";
    chip.append(
      button(isLead ? "★" : "☆", part.chips.dataset.leads.replace("{name}", name), () => write(part, lines.with(at, isLead ? name : `* ${name}`), at), isLead),
      name,
      button("×", part.chips.dataset.remove.replace("{name}", name), () => { write(part, lines.toSpliced(at, 1)); part.input.focus(); }),
    );
    return chip;
  }));
  return lines;
};

const button = (sign, label, act, isPressed) => {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = sign;
  made.setAttribute("aria-label", label);
  if (isPressed !== undefined) made.setAttribute("aria-pressed", String(isPressed));
  made.addEventListener("click", act);
  return made;
};

const write = (part, lines, focusAt) => {
  part.text.value = lines.join("\n");
  draw(part);
  if (focusAt !== undefined) part.chips.children[focusAt]?.querySelector("button").focus();
  part.text.dispatchEvent(new Event("change", { bubbles: true }));  // the margin counts again
};

const add = (part, name) => {
  const typed = name.trim();
  part.input.value = "";
  part.list.hidden = true;
  part.input.setAttribute("aria-expanded", "false");
  if (!typed.replace(/[*\s]/g, "")) return;
  const lines = draw(part);
  const isThere = lines.some((line) => line.replace(/[*]/g, "").trim().toLowerCase() === typed.toLowerCase());
  if (!isThere) write(part, [...lines, typed]);
};

const starLast = (part) => part.chips.lastElementChild?.querySelector("button").click();

const start = (field) => {
  const part = {
    text: field.querySelector("textarea"),
    chips: field.querySelector("[data-chips]"),
    input: field.querySelector("[role=combobox]"),
    list: field.querySelector("[role=listbox]"),
  };
  for (const plain of field.querySelectorAll("[data-plain]")) plain.hidden = true;
  field.querySelector("[data-chosen]").hidden = false;
  draw(part);
  field.addEventListener("typeahead:chosen", (event) => add(part, event.detail.name));
  part.input.addEventListener("keydown", (event) => {
    // An option that is chosen is for typeahead.js, which hears of the key after this.
    const isChoosing = !part.list.hidden && part.list.querySelector("[aria-selected=true]");
    if (event.isComposing || isChoosing) return;
    if (event.key === "Enter") add(part, part.input.value);
    else if (event.key === "*" && !part.input.value) starLast(part), part.input.focus();
    else return;
    event.preventDefault();
  });
  part.text.form.addEventListener("submit", () => add(part, part.input.value));
};

for (const field of document.querySelectorAll("[data-investors]")) start(field);

// A company chosen from the list counts as typed: the margin looks again.
document.addEventListener("typeahead:chosen", ({ target }) => {
  const input = target.querySelector("[name=company]");
  input?.dispatchEvent(new Event("change", { bubbles: true }));
});
document.querySelector("[data-summary]")?.focus();
