// Shows how a letter reads while it is being written. The server renders it, as its button does.
"use strict";

const form = document.querySelector("form[data-preview]");
let asked = 0;
let timer = 0;

async function show() {
  asked += 1;
  const number = asked;
  const words = new FormData(form);
  words.set("do", "preview");
  const answer = await fetch(location.href, { method: "POST", body: new URLSearchParams(words) });
  if (!answer.ok || number !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const shown = page.getElementById(form.dataset.preview);
  if (shown) document.getElementById(form.dataset.preview).replaceWith(document.adoptNode(shown));
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => show().catch(() => {}), 400);
});
