// The slider over the days on which something changed: it fills the date field, and a drag shows that page at once.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const words = (day) => {
  const [year, month, date] = day.split("-").map(Number);
  return `${date} ${MONTHS[month - 1]} ${year}`;
};

const sliderOf = ({ target }) => target.matches?.(".as-of-slider input") && target.closest(".as-of-slider");

let isDragged = false;

document.addEventListener("pointerdown", (event) => { isDragged = Boolean(sliderOf(event)); });
document.addEventListener("keydown", () => { isDragged = false; });
document.addEventListener("input", (event) => {
  const slider = sliderOf(event);
  if (!slider) return;
  const day = slider.dataset.days.split(" ")[event.target.value];
  slider.querySelector("output").textContent = words(day);
  event.target.setAttribute("aria-valuetext", words(day));
  slider.closest("form").elements[slider.dataset.field].value = day;
});
// With the keys one passes many days; the button shows the one that was meant.
document.addEventListener("change", (event) => {
  if (isDragged && sliderOf(event)) event.target.form.requestSubmit();
});
htmx.onLoad((element) => {
  if (element instanceof Element) element.querySelectorAll(".as-of-slider").forEach((slider) => { slider.hidden = false; });
});
