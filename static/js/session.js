// The screen of the room: how long is left for the item, and keys that do what the buttons do.

// --- The clock: the server says when the item began, this machine counts on from what the server's clock said ----

const timer = document.querySelector("[data-timer]");

const write = (seconds) => {
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
    timer.textContent = isOver ? `+\u00a0${write(-left)}` : write(left);
  };
  show();
  setInterval(show, 1000);
}

// --- Keys -----------------------------------------------------------------------------------------------------------

const keys = document.querySelector("[data-keys]");
const KEPT = "candidacy/seance/raccourcis";
const PLACES = { d: "#decider input:not([type=hidden])", a: "#agir input:not([type=hidden])", r: "#presences button" };

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
    if (!button && !place) return;
    event.preventDefault();
    if (button) button.click();
    else place.focus();
  });
  // After a line was entered, the next one may follow at once.
  if (location.hash in { "#decider": 1, "#agir": 1 }) {
    document.querySelector(`${location.hash} input:not([type=hidden])`)?.focus();
  }
}
