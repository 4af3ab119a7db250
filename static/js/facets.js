// The numbers beside a list's choices follow its table. They come along with it, or after it where there is much to be
// counted, and are put in their places, so that the form itself is left alone while somebody is still choosing.
document.addEventListener("htmx:load", ({ detail }) => {
  if (detail.elt?.id !== "facet-counts") return;
  const given = detail.elt.querySelectorAll("data");
  if (!given.length) return;
  const numbers = new Map(Array.from(given, (one) => [one.value, one.textContent]));
  const others = (choice) => numbers.get(choice.slice(0, choice.indexOf("=") + 1)) ?? "0";
  for (const place of document.querySelectorAll("[data-count]")) {
    place.textContent = numbers.get(place.dataset.count) ?? others(place.dataset.count);
  }
});
