// Keys for the list of the desk. They work only while the focus is inside the list (WCAG 2.1.4),
// never in a field that takes text, and do nothing that the links and boxes do not do.
const list = document.querySelector("[data-keys]");

if (list) {
  const help = list.querySelector("[data-keys-help]");
  const rows = [...list.querySelectorAll("tbody tr")];
  const linkOf = (row) => row.querySelector("th a");
  const here = () => rows.findIndex((row) => row.contains(document.activeElement));
  const go = (place) => linkOf(rows[Math.min(Math.max(place, 0), rows.length - 1)])?.focus();

  const keys = {
    j: () => go(here() + 1),
    k: () => go(here() < 0 ? 0 : here() - 1),
    x: () => rows[here()]?.querySelector("[type=checkbox]")?.click(),
    "?": () => { help.hidden = !help.hidden; },
  };

  help.hidden = false;
  list.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    const types = event.target.matches("select, textarea, input:not([type=checkbox])");
    if (!act || types || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
}
