// What a request did, said in words: busy while it runs, a sentence when it failed.
// Which answers are swapped in (also 409 and 422, which carry a form or a choice) stands in the htmx-config of base.html.

const SENTENCES = {
  0: "The server did not answer. Check that it runs, then try again.",
  403: "Your role does not allow this.",
  404: "This is no longer here. Load the page again to see what is.",
  413: "This is larger than the server takes.",
  429: "Too many requests. Wait a minute, then try again.",
  503: "The server is busy. Wait a minute, then try again.",
};

const place = () => document.querySelector("[data-failures]");

const say = (status, what) => {
  const note = place();
  if (!note) return;
  const words = document.createElement("b");
  words.textContent = SENTENCES[status] || `The server answered with error ${status}.`;
  note.replaceChildren(words, ` ${what}`);
  note.hidden = false;
  note.scrollIntoView({ block: "nearest" });
};

const lost = (verb) => (verb === "get" ? "What you see has not changed." : "Nothing was saved; what you typed is still here.");

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  detail.target?.setAttribute("aria-busy", "true");
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  detail.target?.removeAttribute("aria-busy");
  if (detail.successful && place()) place().hidden = true;
});
document.addEventListener("htmx:responseError", ({ detail }) => {
  say(detail.xhr.status, lost(detail.requestConfig.verb));
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => say(0, lost(detail.requestConfig?.verb)));
}
