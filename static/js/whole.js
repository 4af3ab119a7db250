// A page is printed with the whole of what it shows in part. A [data-whole] link leads to it, and what it puts in place
// is asked for at once, for the printing waits for nothing.

const fetched = (link, place) => {
  const request = new XMLHttpRequest();
  request.open("GET", link.getAttribute("hx-get"), false);
  request.setRequestHeader("HX-Request", "true");
  request.setRequestHeader("HX-Target", place.id);
  try {
    request.send();
  } catch {
    return ""; // offline: the part says itself that it is one
  }
  return request.status === 200 ? request.responseText : "";
};

addEventListener("beforeprint", () => {
  for (const link of document.querySelectorAll("[data-whole]")) {
    const place = document.querySelector(link.getAttribute("hx-target"));
    const whole = fetched(link, place);
    if (!whole) continue;
    place.outerHTML = whole;
    window.htmx.process(document.getElementById(place.id));
  }
});
