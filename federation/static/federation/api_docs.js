/* Draws the schema named by the page. Nothing is sent anywhere but to this host. */
const place = document.getElementById("api");

document.documentElement.classList.toggle("dark-mode", matchMedia("(prefers-color-scheme: dark)").matches);

SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
  supportedSubmitMethods: ["get"],
});
