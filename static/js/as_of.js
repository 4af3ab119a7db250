// The slider over the days on which something changed: it fills the date field, and a drag shows that page at once.

// The days in words stand on the page, in the reader's language.
const words = (slider, at) => slider.dataset.words.split(";")[at];

const sliderOf = ({ target }) => target.matches?.(".as-of-slider input") && target.closest(".as-of-slider");

let isDragged = false;

document.addEventListener("pointerdown", (event) => { isDragged = Boolean(sliderOf(event)); });
document.addEventListener("keydown", () => { isDragged = false; });
document.addEventListener("input", (event) => {
  const slider = sliderOf(event);
  if (!slider) return;
  const at = event.target.value;
  const day = slider.dataset.days.split(" ")[at];
  slider.querySelector("output").textContent = words(slider, at);
  event.target.setAttribute("aria-valuetext", words(slider, at));
  slider.closest("form").elements[slider.dataset.field].value = day;
});
// With the keys one passes many days; the button shows the one that was meant.
document.addEventListener("change", (event) => {
  if (isDragged && sliderOf(event)) event.target.form.requestSubmit();
});
htmx.onLoad((element) => {
  if (element instanceof Element) element.querySelectorAll(".as-of-slider").forEach((slider) => { slider.hidden = false; });
});
