// The numbers beside a list's choices follow its table. They come along with it, so that the form itself is left alone
// while somebody is still choosing.
document.addEventListener("htmx:oobAfterSwap", ({ detail }) => {
  if (detail.target?.id !== "facet-counts") return;
  const given = document.querySelectorAll("#facet-counts data");
  const numbers = new Map(Array.from(given, (one) => [one.value, one.textContent]));
  for (const place of document.querySelectorAll("[data-count]")) place.textContent = numbers.get(place.dataset.count) ?? "0";
});
