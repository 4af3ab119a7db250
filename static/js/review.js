// Review: the fact at hand and its words show together, the buttons count what is chosen, and after a decision the
// next fact to decide is at hand.

const facts = (element) => (element.dataset.facts || element.dataset.fact || "").split(" ");

const show = (number) => {
  for (const element of document.querySelectorAll("[data-facts], [data-fact]")) {
    if (facts(element).includes(number)) element.setAttribute("aria-current", "true");
    else element.removeAttribute("aria-current");
  }
};

const count = () => {
  const chosen = document.querySelectorAll("[name=proposal]:checked").length;
  const all = document.querySelectorAll("[name=proposal]").length;
  for (const button of document.querySelectorAll("[data-counted]")) {
    button.firstChild.textContent = `${button.dataset.counted.replace("{n}", chosen).replace("{all}", all)} `;
    button.disabled = !chosen;
  }
};

document.addEventListener("roundbook:row", ({ target }) => {
  show(target.dataset.fact);
  target.focus({ preventScroll: true });  // so that it is read out, and Tab goes on from here
  document.getElementById(`w${target.dataset.fact}`)?.scrollIntoView({ block: "nearest" });
});
document.addEventListener("click", ({ target }) => {
  const words = target.closest(".article mark");
  const row = words ? document.getElementById(`f${facts(words)[0]}`) : target.closest("[data-row], .mark[data-fact]");
  if (!row) return;
  show(row.dataset.fact);
  if (words) row.scrollIntoView({ block: "nearest" });
});
document.addEventListener("change", ({ target }) => { if (target.name === "proposal") count(); });
count();

// The fact at hand when a form was sent, by page, so that its answer goes on from there.
const PLACE = `review ${location.pathname.replace(/decide\/$/, "")}`;
const pending = () => [...document.querySelectorAll("[data-pending]")];

const takeUp = (row) => {
  row.setAttribute("aria-current", "true");
  if (!place) return show(row.dataset.fact);  // a page that was just opened stays where it is
  row.dispatchEvent(new CustomEvent("roundbook:row", { bubbles: true }));
  row.scrollIntoView({ block: "nearest" });
};

document.addEventListener("submit", () => {
  const row = document.querySelector("[data-row][aria-current]");
  if (row) sessionStorage.setItem(PLACE, row.dataset.fact);
});

const place = Number(sessionStorage.getItem(PLACE));
sessionStorage.removeItem(PLACE);
const edited = document.getElementById("edited");
if (edited) {
  show(edited.closest("[data-row]").dataset.fact);
  edited.focus();
  edited.select?.();
  edited.scrollIntoView({ block: "center" });
  edited.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelector("[data-cancel]").click();
    // A list would open at Enter, and no form would be sent.
    else if (event.key === "Enter" && edited instanceof HTMLSelectElement) {
      event.preventDefault();
      edited.form.requestSubmit(edited.form.querySelector("[name=decision]"));
    }
  });
} else if (pending().length) {
  takeUp(pending().find((row) => Number(row.dataset.fact) >= place) || pending()[0]);
}

for (const button of document.querySelectorAll("[data-opens]")) {
  const dialog = document.getElementById(button.dataset.opens);
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "?" || !dialog.open) return;
    event.preventDefault();
    event.stopPropagation();
    dialog.close();
  });
}
