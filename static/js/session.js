// The screen of the room: how long is left for the item, the text that is written there, and keys that do what the
// buttons do.

// --- The clock: the server says when the item began, this machine counts on from what the server's clock said ----

const timer = document.querySelector("[data-timer]");

const told = (seconds) => {
  const minutes = Math.floor(seconds / 60);
  return `${minutes}\u00a0min\u00a0${String(seconds % 60).padStart(2, "0")}`;
};

if (timer) {
  const ahead = Date.now() / 1000 - Number(timer.dataset.now);
  const end = Number(timer.dataset.started) + Number(timer.dataset.minutes) * 60;
  const show = () => {
    const left = Math.round(end - (Date.now() / 1000 - ahead));
    const isOver = left < 0;
    timer.dataset.tone = isOver ? "bad" : left < 120 ? "warn" : "";
    timer.textContent = isOver ? `+\u00a0${told(-left)}` : told(left);
  };
  show();
  setInterval(show, 1000);
}

// --- The text of the item -------------------------------------------------------------------------------------------

const text = document.getElementById("minutes-text");

let hasWritten = false;
const onceReady = (deed) => document.addEventListener("prose-editor:ready", () => setTimeout(deed), { once: true });

const write = () => {
  const { body: area } = text.elements;
  const editor = area.richEditor;
  if (!editor) {
    area.focus(); // the plain field, out of which the editor takes what is typed meanwhile
    onceReady(write);
    return;
  }
  // At first behind what is there, later where the writer was. At once: the next key is a letter of the text already.
  if (!hasWritten && !editor.isFocused) editor.commands.setTextSelection(editor.state.doc.content.size);
  editor.view.focus();
  editor.commands.scrollIntoView();
};

if (text) {
  const amiss = document.querySelector(".session-text :is([role=alert], .alert)");
  // From the first word on, whoever goes to another item or closes the room sends the text along, and saves it: these
  // buttons become its own. A text that cannot be saved stays on the screen, and so does its writer. A draft that met
  // another text while nobody looked waits for somebody to read both.
  const takeAlong = () => {
    for (const button of document.querySelectorAll("button[name=go], button[name=close]")) {
      button.setAttribute("form", text.id);
    }
  };
  text.addEventListener("input", takeAlong, { once: true });
  text.addEventListener("focusin", ({ target }) => {
    hasWritten ||= target.isContentEditable;
  });
  const isHandedBack = new URL(text.action).pathname === location.pathname;
  if (isHandedBack || (!amiss && (text.elements.draft.value || text.dataset.guardsUnsaved))) takeAlong();
  // The editor is there after this script. What could not be saved is shown first; after what was saved, the rest of it
  // follows, or the next text.
  const begin = amiss ? () => amiss.scrollIntoView({ block: "center" }) : location.hash === "#rediger" && write;
  if (begin) onceReady(begin);
}

// --- Keys -----------------------------------------------------------------------------------------------------------

const keys = document.querySelector("[data-keys]");
const KEPT = "candidacy/seance/raccourcis";
const FIELD = "input:not([type=hidden])";
const PLACES = { d: `#decider ${FIELD}`, a: `#agir ${FIELD}`, r: "#presences button" };

const areOn = () => {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true; // the browser keeps nothing: they are on, as the page says
  }
};

const tell = (on) => {
  keys.querySelector("[data-keys-switch]").setAttribute("aria-pressed", String(on));
  keys.querySelector("[data-keys-list]").hidden = !on;
};

const isTyping = (element) => element.matches("input, textarea, select, [contenteditable]");

if (keys) {
  let on = areOn();
  tell(on);
  keys.querySelector("[data-keys-switch]").addEventListener("click", () => {
    on = !on;
    try {
      localStorage.setItem(KEPT, on ? "on" : "off");
    } catch {
      // it holds for this page alone
    }
    tell(on);
  });
  document.addEventListener("keydown", (event) => {
    if (!on || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const key = event.key.toLowerCase();
    const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    const place = PLACES[key] && document.querySelector(PLACES[key]);
    if (!button && !place && !(key === "m" && text)) return;
    event.preventDefault();
    if (button) button.click();
    else if (place) place.focus();
    else write();
  });
  // After a line was entered, the next one may follow at once.
  if (location.hash in { "#decider": 1, "#agir": 1 }) {
    document.querySelector(`${location.hash} ${FIELD}`)?.focus();
  }
  document.addEventListener("htmx:load", ({ target }) => {
    const active = document.activeElement;
    if (!target.matches("#decider, #agir") || (active !== document.body && !target.contains(active))) return;
    (target.querySelector(".is-invalid") ?? target.querySelector(FIELD)).focus();
  });
}
