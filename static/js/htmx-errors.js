// What a request did, said in words: busy while it runs, a sentence when it failed.
// The sentences stand on the page, in the reader's language (_failures.html). Which answers are swapped in (also 409 and 422, which carry a form or a choice) stands in the htmx-config of base.html.

const place = () => document.querySelector("[data-failures]");

const say = (status, verb) => {
  const note = place();
  if (!note) return;
  const { dataset } = note;
  const words = document.createElement("b");
  words.textContent = dataset[status] ?? dataset.other.replace("{status}", status);
  note.replaceChildren(words, ` ${verb === "get" ? dataset.read : dataset.sent}`);
  note.hidden = false;
  note.scrollIntoView({ block: "nearest" });
};

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  detail.target?.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  detail.target?.removeAttribute("aria-busy");
  if (detail.successful && place()) place().hidden = true;
});
document.addEventListener("htmx:responseError", ({ detail }) => {
  say(detail.xhr.status, detail.requestConfig.verb);
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => say(0, detail.requestConfig?.verb));
}
