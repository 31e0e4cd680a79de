/* The map, to zoom and to move. Leaflet carries the very drawing that stands in the page, so its links, their names,
   shades and dots stay what they are; without this script the drawing stands still. */

const figure = document.getElementById("map");
const drawing = figure?.querySelector(".map__world");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const WORLD = 1000; // how wide the sheet is in the map's own units
const NARROW = 700; // pixels; where there is less, the map begins nearer

function sheet() {
  const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
  const unit = WORLD / width;
  return { unit, bounds: L.latLngBounds([-height * unit, 0], [0, WORLD]) };
}

/* Where a mark lies: its middle on the sheet, as Leaflet counts (south is negative). */
function place(link, unit) {
  const box = link.querySelector(".map__edge, .map__land").getBBox();
  return L.latLng(-(box.y + box.height / 2) * unit, (box.x + box.width / 2) * unit);
}

function places(unit) {
  return [...drawing.querySelectorAll("a")].map((link) => place(link, unit));
}

/* Where the marks are, if they are all in one part of the world. */
function corner(unit) {
  const around = L.latLngBounds(places(unit));
  return around.isValid() && around.getEast() - around.getWest() < WORLD * 0.4 ? around.pad(0.25) : null;
}

/* The place around which most is to be seen: as many marks lie north of it as south, and east as west. */
function heart(unit) {
  const found = places(unit);
  const middle = (axis) => found.map((one) => one[axis]).sort((a, b) => a - b)[found.length >> 1];
  return found.length ? L.latLng(middle("lat"), middle("lng")) : L.latLng(-150, WORLD / 2);
}

function button(words, sign, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "map__button";
  made.title = words;
  made.setAttribute("aria-label", words);
  made.textContent = sign;
  made.addEventListener("click", press);
  return made;
}

function textButton(words, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "link-button";
  made.textContent = words;
  made.addEventListener("click", press);
  return made;
}

function start() {
  const frame = document.createElement("div");
  const tools = document.createElement("div");
  const plain = document.createElement("p");
  frame.className = "map__frame";
  tools.className = "map__tools";
  plain.className = "map__plain";
  const stage = document.createElement("div");
  stage.className = "map__stage";
  stage.dir = "ltr";
  stage.setAttribute("role", "group");
  stage.setAttribute("aria-label", figure.dataset.moving);
  drawing.before(frame);
  frame.append(tools, stage);
  frame.after(plain);

  const { unit, bounds } = sheet();
  const map = L.map(stage, {
    crs: L.CRS.Simple, zoomControl: false, attributionControl: false, zoomSnap: 0.25, zoomDelta: 1, maxZoom: 4.5,
    minZoom: -4, scrollWheelZoom: false, maxBounds: bounds.pad(0.1), maxBoundsViscosity: 1,
    zoomAnimation: !calm, fadeAnimation: !calm, inertia: !calm,
  });
  // From the whole world, nearer means nearer to where most is.
  const nearer = () => (map.getZoom() > map.getMinZoom() ? map.zoomIn() : map.setView(heart(unit), map.getZoom() + 1));
  const whole = () => map.fitBounds(bounds, { animate: !calm });
  const asFarAsItGoes = () => map.setMinZoom(map.getBoundsZoom(bounds));

  map.on("zoomend", () => {
    const zoom = map.getZoom();
    stage.style.setProperty("--zoom", 2 ** zoom);
    stage.toggleAttribute("data-near", zoom > -0.3);
    stage.toggleAttribute("data-close", zoom > 1.4);
    // Seen whole, a finger that passes over the map moves the page; seen near, it moves the map.
    const moves = !L.Browser.mobile || zoom > map.getMinZoom();
    map.dragging[moves ? "enable" : "disable"]();
  });
  map.on("resize", asFarAsItGoes);
  asFarAsItGoes();
  const part = corner(unit);
  if (part) map.fitBounds(part, { maxZoom: 2, animate: false });
  else if (stage.clientWidth < NARROW) map.setView(heart(unit), map.getBoundsZoom(bounds, true) + 0.5);
  else whole();
  L.svgOverlay(drawing, bounds).addTo(map);

  // The wheel belongs to the page until somebody has touched the map.
  stage.addEventListener("pointerdown", () => map.scrollWheelZoom.enable());
  stage.addEventListener("mouseleave", () => map.scrollWheelZoom.disable());
  // Who lets go after moving the map did not mean the country under the pointer.
  stage.addEventListener("click", (event) => {
    if (event.detail && map.dragging.moved()) event.preventDefault();
  }, true);
  // Going from link to link by keyboard brings each into view; the browser's own scrolling would tear the map.
  stage.addEventListener("focusin", (event) => {
    stage.scrollTo(0, 0);
    const link = event.target.closest("a");
    if (link?.matches(":focus-visible")) map.panInside(place(link, unit), { padding: [60, 60], animate: false });
  });

  tools.append(
    button(figure.dataset.zoomIn, "+", nearer),
    button(figure.dataset.zoomOut, "−", () => map.zoomOut()),
    button(figure.dataset.whole, "⤢", whole),
  );
  plain.append(textButton(figure.dataset.plain, () => {
    map.remove();
    drawing.removeAttribute("style");
    drawing.setAttribute("class", "map__world");
    frame.before(drawing);
    frame.remove();
    plain.replaceChildren(textButton(figure.dataset.moving, () => { plain.remove(); start().focus(); }));
    plain.firstChild.focus();
  }));
  return plain.firstChild;
}

if (drawing && window.L) start();
