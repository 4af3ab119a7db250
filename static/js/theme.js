// The reader's theme. Runs before the page is drawn, so that a dark page never flashes light.
(() => {
  const KEY = "roundbook-theme";
  const root = document.documentElement;

  const stored = () => {
    try { return localStorage.getItem(KEY); } catch { return null; }  // storage may be forbidden
  };

  const store = (theme) => {
    try {
      if (theme === "system") localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, theme);
    } catch { /* the choice then lasts for this page */ }
  };

  const show = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  // Charts resolve their colours when drawn, so they need to hear of a change.
  const tell = () => document.dispatchEvent(new CustomEvent("roundbook:theme"));

  const check = (theme) => {
    for (const radio of document.querySelectorAll("[data-theme-choice]")) {
      radio.checked = radio.value === (theme || "system");
    }
  };

  show(stored());
  document.addEventListener("DOMContentLoaded", () => check(stored()));
  document.addEventListener("change", (event) => {
    if (!event.target.matches("[data-theme-choice]")) return;
    store(event.target.value);
    show(event.target.value);
    tell();
  });
  window.addEventListener("storage", (event) => {
    if (event.key !== KEY) return;
    show(event.newValue);
    check(event.newValue);
    tell();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
})();
