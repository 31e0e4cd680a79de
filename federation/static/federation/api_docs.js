/* Asks the API from its page and shows the answer in place. Nothing is sent anywhere but to this host. */
const TOLD = ["content-type", "etag", "last-modified", "link", "ratelimit", "ratelimit-policy", "retry-after"];
const LONGEST = 200_000; // characters shown of an answer

/* What was left empty is not asked; what belongs into the path goes there. */
function addressOf(form) {
  const asked = new URLSearchParams();
  let path = form.dataset.address;
  for (const [name, value] of new FormData(form)) {
    const word = value.trim();
    if (path.includes(`{${name}}`)) path = path.replace(`{${name}}`, encodeURIComponent(word));
    else if (word) asked.set(name, word);
  }
  return asked.size ? `${path}?${asked}` : path;
}

function shown(text) {
  try {
    text = JSON.stringify(JSON.parse(text), null, 2);
  } catch { /* not JSON: as it is */ }
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}\n…` : text;
}

async function ask(event) {
  event.preventDefault();
  const form = event.target;
  const status = form.parentElement.querySelector("[role=status]");
  const answer = form.parentElement.querySelector(".api__answer");
  const [headers, body] = answer.children;
  const address = addressOf(form);
  const link = Object.assign(document.createElement("a"), { href: address, textContent: address });
  status.replaceChildren("… ", link);
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" }, credentials: "omit" });
    headers.textContent = TOLD.filter(name => response.headers.has(name))
      .map(name => `${name}: ${response.headers.get(name)}`).join("\n");
    body.textContent = shown(await response.text());
    status.replaceChildren(`${response.status} ${response.statusText} – `, link);
    answer.hidden = false;
  } catch (error) {
    status.replaceChildren(`${error.message} – `, link);
    answer.hidden = true;
  }
}

for (const trial of document.querySelectorAll(".api__trial")) {
  trial.hidden = false;
  trial.querySelector("form").addEventListener("submit", ask);
}

/* A link to a shape opens it. */
function open() {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  target?.closest(".api")?.querySelector("details:not(.api__trial)")?.setAttribute("open", "");
}
addEventListener("hashchange", open);
open();
