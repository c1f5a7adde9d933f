// Small behaviours of every page, hooked by data attributes. Pages work without them.

import { csrfToken, isSignedOut } from "./csrf.js";
import "./made-papers.js";
import { complain } from "./notices.js";

const closestDetails = (element) => element.closest("details[data-closes-outside]");

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-closes-details]");
  if (button) {
    const details = button.closest("details");
    details.open = false;
    details.querySelector("summary").focus();
    return;
  }
  const inside = closestDetails(event.target);
  for (const details of document.querySelectorAll("details[data-closes-outside][open]")) {
    if (details !== inside) details.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const details = event.target.closest("details[data-closes-outside][open]");
  if (details) {
    details.open = false;
    details.querySelector("summary").focus();
  }
});

// « / » leads to the search from anywhere but where one types.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const fields = [...document.querySelectorAll("[data-slash]")];
  const field = fields.find((one) => one.checkVisibility()) ?? document.querySelector(".topbar__find");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select?.();
});

// What needs this script is hidden until it runs, here and in the parts htmx brings.
const reveal = (root) => {
  for (const element of root.querySelectorAll("[data-closes-details][hidden], [data-needs-script][hidden]")) {
    element.hidden = false;
  }
};
reveal(document);
document.addEventListener("htmx:load", (event) => reveal(event.target));

// A form that goes on change still has its button, for those who have no script.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submits-on-change]");
  if (form) form.requestSubmit();
});

// A failed part says so instead of staying silent.
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  if (isSignedOut(status)) {
    const link = document.createElement("a");
    link.href = `${document.body.dataset.signInUrl}?next=${encodeURIComponent(location.pathname + location.search)}`;
    link.target = "_blank";
    link.textContent = "Se reconnecter";
    complain(
      "Votre session a expiré\u00a0: ce que vous avez saisi est encore dans la page. ",
      link,
      " dans un nouvel onglet, puis recommencez ici.",
    );
  } else {
    complain(
      status === 403
        ? "Vous n’avez pas le droit de faire cela. Ce que vous avez saisi est encore dans la page\u00a0: copiez-le avant de la recharger."
        : "Le serveur n’a pas pu répondre. Rechargez la page, puis recommencez.",
    );
  }
});
document.addEventListener("htmx:sendError", () => {
  complain("La connexion est coupée. Ce que vous avez saisi est resté dans la page : réessayez dans un instant.");
});

// Whoever signed in again in another tab goes on with this page, whose own token is outdated.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.headers["X-CSRFToken"] = csrfToken();
  if (detail.formData.has("csrfmiddlewaretoken")) detail.formData.set("csrfmiddlewaretoken", csrfToken());
});
