// The boxes in which one searches for a record are named by the label of their field, and then
// by what is chosen in them, for screen readers. They come into being after the page.
const nameOf = (box) => {
  const select = box.closest(".select2")?.previousElementSibling;
  const label = select?.labels?.[0];
  if (!label) return;
  label.id ||= `${select.id}-label`;
  box.dataset.named = "";
  box.setAttribute("aria-labelledby", `${label.id} ${box.getAttribute("aria-labelledby") ?? ""}`.trim());
  box.querySelector("[role=textbox]")?.setAttribute("aria-labelledby", label.id);
};
new MutationObserver(() => {
  document.querySelectorAll(".select2-selection[role=combobox]:not([data-named])").forEach(nameOf);
}).observe(document.documentElement, { childList: true, subtree: true });
