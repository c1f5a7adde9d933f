// Tells the server, twice a minute, that this editor is open, and shows who else has it open.

import { csrfToken, post } from "./csrf.js";

const EVERY = 30_000;
const region = document.querySelector("[data-presences]");
const { presenceUrl } = document.querySelector("[data-draft]").dataset;

const show = (others) => {
  const lines = [...region.children].map((line) => line.textContent);
  if (JSON.stringify(lines) === JSON.stringify(others)) return;
  region.replaceChildren(
    ...others.map((text) => Object.assign(document.createElement("p"), { textContent: text })),
  );
};

const tell = async () => {
  const { outcome, answer } = await post(presenceUrl, new FormData()).catch(() => ({ outcome: "failed" }));
  if (outcome === "done") show(answer.others);
};

addEventListener("pagehide", () => {
  navigator.sendBeacon(presenceUrl, new URLSearchParams({ leaves: "1", csrfmiddlewaretoken: csrfToken() }));
});
addEventListener("pageshow", (event) => {
  if (event.persisted) tell();
});
setInterval(tell, EVERY);
tell();
