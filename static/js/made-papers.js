// A link to a paper that is made while one waits: it says so, takes no second press, and is itself again once the file
// came. Without this script it is a plain link, and what this script cannot settle it leaves to that.

import { complain } from "./notices.js";

const status = document.createElement("p");
status.className = "visually-hidden";
status.setAttribute("role", "status");
(document.querySelector("main") ?? document.body).append(status);

const nameOf = (response) => {
  const told = response.headers.get("content-disposition") ?? "";
  const encoded = told.match(/filename\*=utf-8''([^;]+)/i)?.[1];
  return encoded ? decodeURIComponent(encoded) : (told.match(/filename="([^"]+)"/)?.[1] ?? "");
};

const hand = (content, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser goes on reading after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};

// Show that the link works at it; return what makes it itself again.
const press = (link) => {
  const shown = [...link.childNodes];
  const wheel = document.createElement("span");
  wheel.className = "spinner-border spinner-border-sm";
  wheel.setAttribute("aria-hidden", "true");
  link.replaceChildren(wheel, " Préparation…");
  link.setAttribute("aria-disabled", "true");
  return () => {
    link.replaceChildren(...shown);
    link.removeAttribute("aria-disabled");
  };
};

// The server sends to a page that says why there is no paper: say it here, where nothing that was typed is lost.
const explain = async (response, link) => {
  const page = response.redirected && new DOMParser().parseFromString(await response.text(), "text/html");
  const told = page && page.querySelector("#messages")?.textContent.trim();
  if (!told || !complain(told)) location.assign(response.redirected ? response.url : link.href);
};

const prepare = async (link) => {
  const title = link.textContent.trim();
  const release = press(link);
  status.textContent = `Le document se prépare\u00a0: ${title}.`;
  try {
    const response = await fetch(link.href);
    if (response.ok && !response.redirected) {
      hand(await response.blob(), nameOf(response));
      status.textContent = `Le document est prêt et se télécharge\u00a0: ${title}.`;
    } else {
      status.textContent = "";
      await explain(response, link);
    }
  } catch {
    status.textContent = "";
    const told = "La connexion est coupée\u00a0: le document n’est pas venu. Réessayez dans un instant.";
    if (!complain(told)) status.textContent = told;
  }
  release();
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-made-at-once]");
  // A press that opens another tab is the browser's.
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.getAttribute("aria-disabled") !== "true") prepare(link);
});
