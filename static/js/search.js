// The search box on top of every page: "/" leads to it, and what is chosen under it (typeahead.js) is gone to.

const TYPING = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";

document.addEventListener("keydown", (event) => {
  const isOther = event.key !== "/" || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  if (isOther || event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
  const box = document.querySelector("[data-site-search] input");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});

document.addEventListener("typeahead:chosen", ({ target, detail }) => {
  if (target.matches("[data-site-search]") && detail.id) location.assign(detail.id);
});
