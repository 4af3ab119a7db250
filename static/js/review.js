// Review: the fact at hand and its words show together, and the buttons count what is chosen.

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
    button.firstChild.textContent = `${button.dataset.counted} ${chosen} of ${all} `;
    button.disabled = !chosen;
  }
};

document.addEventListener("roundbook:row", ({ target }) => {
  show(target.dataset.fact);
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
