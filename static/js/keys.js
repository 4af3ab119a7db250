// One-letter keys. An element with data-key="a" is clicked (or, being a form, sent) when "a" is pressed.
// Rows with data-row can be walked with the arrow keys, or j and k; a key that several rows have goes to the current
// row. While a dialog is open, the keys are its own.

const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable], [role=combobox]";

const STEPS = { j: 1, k: -1 };

const isFree = (event) =>
  !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing
  && !event.target.closest?.(TYPING) && !document.querySelector("dialog[open]");

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);

const currentRow = () =>
  document.activeElement?.closest("[data-row]") || document.querySelector("[data-row][aria-current]");

const isUsable = (element) => !element.disabled && element.getAttribute("aria-disabled") !== "true" && !element.closest("[hidden]");

const press = (key) => {
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].filter(isUsable);
  const row = currentRow();
  // What stands in another row is not meant by a key that is pressed in this one.
  const element = found.find((candidate) => row?.contains(candidate))
    || found.find((candidate) => !row || !candidate.closest("[data-row]"));
  if (!element) return false;
  if (element instanceof HTMLFormElement) element.requestSubmit();
  else element.click();
  return true;
};

const walk = (step) => {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(currentRow());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  for (const row of all) row.removeAttribute("aria-current");
  next.setAttribute("aria-current", "true");
  // Focus left in another row would win over the row walked to.
  if (document.activeElement?.closest("[data-row]")) document.activeElement.blur();
  next.scrollIntoView({ block: "nearest" });
  next.dispatchEvent(new CustomEvent("roundbook:row", { bubbles: true }));
  return true;
};

document.addEventListener("keydown", (event) => {
  if (!isFree(event)) return;
  const isArrow = event.key === "ArrowDown" || event.key === "ArrowUp";
  if (isArrow && event.target.matches?.("[type=radio]")) return;  // there they choose
  const done = isArrow ? walk(event.key === "ArrowDown" ? 1 : -1)
    : event.key.length === 1 && (press(event.key) || (event.key in STEPS && walk(STEPS[event.key])));
  if (done) event.preventDefault();
});
