// The page of the API: sends what a form says as a program would, and shows the answer below it.

const SHOWN = 20_000;  // characters of a body

const addressOf = (form) => {
  let path = form.getAttribute("action");
  for (const input of form.querySelectorAll("[data-key]")) path = path.replace(`{${input.dataset.key}}`, encodeURIComponent(input.value.trim()));
  const query = new URLSearchParams();
  for (const input of form.querySelectorAll("input[name]:not([type=hidden])")) if (input.value.trim()) query.append(input.name, input.value.trim());
  return query.size ? `${path}?${query}` : path;
};

const headersOf = (form) => {
  const headers = new Headers();
  for (const input of form.querySelectorAll("[data-header]")) if (input.value.trim()) headers.set(input.dataset.header, input.value.trim());
  const csrf = form.querySelector("[name=csrfmiddlewaretoken]");
  if (csrf) headers.set("X-CSRFToken", csrf.value);
  if (form.querySelector("[data-body]")) headers.set("Content-Type", "application/json");
  return headers;
};

// As much of a body as is shown; of a long stream no more is read.
const read = async (answer) => {
  const reader = answer.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (reader && text.length <= SHOWN) {
    const { done, value } = await reader.read();
    if (done) return [text, false];
    text += decoder.decode(value, { stream: true });
  }
  await reader?.cancel();
  return [text.slice(0, SHOWN), true];
};

const pretty = (text, isCut) => {
  try {
    return isCut ? text : JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

const element = (name, text) => {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
};

const send = async (form) => {
  const shown = form.querySelector("[data-answer]");
  shown.setAttribute("aria-busy", "true");
  try {
    const url = addressOf(form);
    const answer = await fetch(url, { method: form.dataset.try, headers: headersOf(form), body: form.querySelector("[data-body]")?.value });
    const [text, isCut] = await read(answer);
    const told = ["etag", "location", "link", "ratelimit", "retry-after"].filter((name) => answer.headers.has(name));
    const head = [`${answer.status} ${answer.statusText}`.trim(), ...told.map((name) => `${name}: ${answer.headers.get(name)}`)];
    shown.replaceChildren(element("p", url), element("pre", head.join("\n")), element("pre", pretty(text, isCut)));
    for (const pre of shown.querySelectorAll("pre")) pre.tabIndex = 0;  // scrolled by keys as well
    if (isCut) shown.append(element("p", shown.dataset.cut));
  } catch {
    shown.replaceChildren(element("p", shown.dataset.away));
  } finally {
    shown.removeAttribute("aria-busy");
  }
};

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-try]")) return;
  event.preventDefault();
  send(event.target);
});

// A link to an operation opens it.
const open = () => { const chosen = document.getElementById(location.hash.slice(1)); if (chosen?.matches("details")) chosen.open = true; };
addEventListener("hashchange", open);
open();
