// Draws [data-chart] with Plotly from the figure in data-figure. Colours come as var(--token): the library does not
// know custom properties, so each is painted on one canvas pixel and read back, again when the theme changes.

const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

const colour = (token) => {
  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);
  probe.style.color = token;
  canvas.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillRect(0, 0, 1, 1);
  const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
  return `rgb(${red},${green},${blue})`;
};

const resolved = (value) => {
  if (Array.isArray(value)) return value.map(resolved);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
  if (value === "var(--sans)") return getComputedStyle(document.body).fontFamily;
  return typeof value === "string" && /^var\(--[\w-]+\)$/.test(value) ? colour(value) : value;
};

const shown = () => document.querySelector("#evidence")?.dataset.shown;

// The layout made for the widest frame that fits, with a ring around the point whose evidence is shown.
const layoutFor = (plot, figure) => {
  const { layout } = figure.layouts.find(({ width }) => width <= plot.clientWidth + 24) || figure.layouts.at(-1);
  const halo = figure.halos[shown()];
  return { ...layout, shapes: halo ? [...layout.shapes, halo] : layout.shapes };
};

const draw = (plot) => {
  const figure = JSON.parse(plot.dataset.figure);
  const config = { displayModeBar: false, responsive: false, doubleClick: false, typesetMath: false };
  plot.drawnWidth = plot.clientWidth;
  return Plotly.react(plot, resolved(figure.data), resolved(layoutFor(plot, figure)), config);
};

const mark = () => {
  for (const row of document.querySelectorAll("[data-point]")) {
    if (row.dataset.point === shown()) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
};

const start = (plot) => {
  const chart = plot.closest(".chart");
  draw(plot).then(() => {
    plot.on("plotly_click", ({ points }) => {
      const key = points.find((point) => point.customdata)?.customdata;
      if (key) chart.querySelector(`[data-point="${CSS.escape(key)}"] [data-panel]`)?.click();
    });
  });
  new ResizeObserver(() => { if (plot.isConnected && plot.clientWidth !== plot.drawnWidth) draw(plot); }).observe(plot);
  for (const button of chart.querySelectorAll("[data-picture]")) button.hidden = false;
};

const redraw = () => document.querySelectorAll("[data-chart]").forEach((plot) => { draw(plot); });

// The picture by itself says whose it is; on the page the heading does.
const save = async (button) => {
  const plot = button.closest(".chart").querySelector("[data-chart]");
  const { title } = JSON.parse(plot.dataset.figure);
  const format = button.dataset.picture;
  const { width, height } = plot.getBoundingClientRect();
  const layout = {
    ...plot.layout, height: height + 36, margin: { ...plot.layout.margin, t: plot.layout.margin.t + 36 },
    title: { text: title, x: 0, xanchor: "left", xref: "paper", y: 1, yref: "container", yanchor: "top", pad: { t: 14 }, font: { size: 16, color: colour("var(--ink)") } },
  };
  const link = document.createElement("a");
  link.href = await Plotly.toImage({ data: plot.data, layout, config: { typesetMath: false } }, { format, width, height: height + 36, scale: format === "png" ? 2 : 1 });
  link.download = `${button.dataset.name}.${format}`;
  link.click();
};

const within = (element, selector) => [...(element.matches?.(selector) ? [element] : []), ...element.querySelectorAll(selector)];

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-picture]");
  if (button) save(button);
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.elt.id === "evidence" || detail.target?.id === "evidence") { mark(); redraw(); }
});
document.addEventListener("htmx:beforeCleanupElement", ({ detail }) => {
  if (!(detail.elt instanceof Element)) return;
  for (const plot of within(detail.elt, "[data-chart]")) Plotly.purge(plot);
});
document.addEventListener("roundbook:theme", redraw);
matchMedia("print").addEventListener("change", redraw);  // paper is light, whatever the screen is
// Runs at once for the page, and again for every part that htmx swaps in; an embedded chart stands without htmx.
if (window.htmx) {
  htmx.onLoad((element) => {
    if (element instanceof Element) within(element, "[data-chart]").forEach(start);
  });
} else {
  within(document.body, "[data-chart]").forEach(start);
}
