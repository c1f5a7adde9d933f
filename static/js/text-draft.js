// Nothing typed in a long text is lost: every few seconds it goes to the writer's draft on the server; what the server
// has not got stays in this browser, under the name of who typed it, until it has.

import { csrfToken, post } from "./csrf.js";

const gettext = window.gettext ?? ((text) => text);
const IDLE = 2_000;
const AT_MOST = 5_000;
const RETRY = 5_000;

const bar = document.querySelector("[data-draft]");
const form = document.getElementById(bar.dataset.form);
const { body: area, draft: token, writer, window: seat, revision } = form.elements;
const say = { state: bar.querySelector("[data-draft-state]"), told: document.querySelector("[data-draft-told]") };
const ways = bar.querySelector("[data-draft-ways]");
bar.hidden = false;

// --- What this browser keeps ------------------------------------------------------------------------------------

const ours = `candidacy/brouillon/${writer.value}/${bar.dataset.text}/`;
const key = ours + seat.value;

const keep = () => {
  try {
    localStorage.setItem(
      key,
      JSON.stringify({ body: area.value, draft: token.value, revision: revision.value, at: Date.now() }),
    );
    return true;
  } catch {
    return false; // no room, or none allowed
  }
};
const forget = (name = key) => {
  try {
    localStorage.removeItem(name);
  } catch {
    // nothing was kept either
  }
};
const kept = () => {
  try {
    return Object.keys(localStorage)
      .filter((name) => name.startsWith(ours) && name !== key)
      .map((name) => ({ name, ...JSON.parse(localStorage.getItem(name)) }))
      .sort((one, other) => other.at - one.at);
  } catch {
    return [];
  }
};

// --- What the writer is told ------------------------------------------------------------------------------------

const clock = (date) => `${date.getHours()}\u00a0h\u00a0${String(date.getMinutes()).padStart(2, "0")}`;

const button = (label, deed) => {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-sm btn-outline-secondary";
  made.textContent = label;
  made.addEventListener("click", deed);
  return made;
};
const link = (label, href, fields = {}) =>
  Object.assign(document.createElement("a"), { textContent: label, href, ...fields });

// Saving goes on all the time: a screen reader hears of it once, and then of what is out of order.
let lastTold = "";
const show = (text, { kind, tone = "", aside = [] }) => {
  say.state.textContent = text;
  bar.dataset.tone = tone;
  ways.replaceChildren(...aside);
  if (kind === "saving" || kind === lastTold) return;
  lastTold = kind;
  say.told.textContent = text;
};

const inBrowser = () =>
  form.dataset.kept === "no"
    ? gettext("Ce navigateur n’a pas la place de garder le texte\u00a0: laissez cette page ouverte.")
    : gettext("Le texte reste dans ce navigateur.");

// --- Sending ----------------------------------------------------------------------------------------------------

let known = area.value; // what the server has, as the editor writes it
let waiting;
let since = 0;
let underway = null;
let blocked = false; // another window or another person is at it, or nobody here any more: sending would do harm

const isUnsent = () => area.value !== known;

// What no sending mends. The copy of this browser is then hard to find again: leaving the page asks first.
const OUT_OF_REACH = {
  gone: gettext(
    "Ce texte a été retiré, ou vous n’y avez plus accès\u00a0: ce que vous tapez n’est plus enregistré. Copiez-le avant de quitter cette page.",
  ),
  forbidden: gettext(
    "Vous n’avez plus le droit d’écrire ici, ou cette page n’est plus valable\u00a0: ce que vous tapez n’est plus enregistré. Copiez-le avant de quitter cette page.",
  ),
};
let isOutOfReach = false;

const keepHere = () => {
  if (!keep()) form.dataset.kept = "no";
  else form.dataset.kept = isOutOfReach ? "out of reach" : "yes";
};

const settle = ({ outcome, answer }, sent) => {
  isOutOfReach = outcome in OUT_OF_REACH;
  if (outcome === "done") {
    blocked = false;
    token.value = answer.draft ?? "";
    known = sent;
    if (!isUnsent()) {
      forget();
      form.dataset.kept = "yes";
    }
    const text = answer.at ? `${gettext("Brouillon enregistré à")} ${answer.at}` : "";
    show(text, { kind: "saved" });
  } else if (outcome === "expired") {
    const text = gettext("Votre session a expiré\u00a0: reconnectez-vous, rien n’est perdu.");
    show(text, { kind: outcome, tone: "warn", aside: [link(gettext("Se reconnecter"), bar.dataset.signInUrl)] });
  } else if (isOutOfReach) {
    blocked = true;
    keepHere();
    show(`${OUT_OF_REACH[outcome]} ${inBrowser()}`, { kind: outcome, tone: "bad" });
  } else if (answer?.reason === "another") {
    blocked = true;
    const text = gettext("Une autre personne est maintenant connectée\u00a0: ce texte n’est pas envoyé.");
    show(`${text} ${inBrowser()}`, { kind: "another", tone: "bad" });
  } else if (answer?.reason === "elsewhere") {
    blocked = true;
    const text = gettext("Ce brouillon a été continué dans une autre fenêtre.");
    const see = link(gettext("Voir l’autre"), bar.dataset.editUrl, { target: "_blank" });
    const take = button(gettext("Garder le texte d’ici"), () => {
      token.value = answer.draft ?? "";
      blocked = false;
      send();
    });
    show(`${text} ${inBrowser()}`, { kind: "elsewhere", tone: "warn", aside: [see, take] });
  } else if (answer?.reason === "approved") {
    // This page is the last one to show what was typed: nothing will offer it again.
    blocked = true;
    show(answer.message, { kind: "approved", tone: "bad" });
  } else if (outcome === "refused") {
    const text = answer?.message ?? gettext("Ce texte est trop long pour être gardé sur le serveur.");
    show(`${text} ${inBrowser()}`, { kind: "refused", tone: "bad" });
  } else {
    show(`${gettext("Connexion perdue\u00a0:")} ${inBrowser().replace(/^L/, "l")}`, { kind: "lost", tone: "warn" });
  }
  const comesBack = outcome === "failed" || outcome === "expired";
  if (isUnsent() && !blocked && (outcome === "done" || comesBack)) schedule(comesBack ? RETRY : IDLE);
  return outcome;
};

const isTooLong = () => area.value.length > 2 * Number(bar.dataset.maxCharacters);

const send = async (options) => {
  clearTimeout(waiting);
  if (underway) await underway;
  if (!isUnsent() && token.value) return "done";
  if (isTooLong()) return settle({ outcome: "refused" }, "");
  since = 0;
  const sent = area.value;
  show(gettext("Enregistrement…"), { kind: "saving" });
  underway = post(bar.dataset.url, new FormData(form), options)
    .catch(() => ({ outcome: "failed" }))
    .then((result) => settle(result, sent));
  const outcome = await underway;
  underway = null;
  return outcome;
};

const schedule = (delay) => {
  since ||= Date.now();
  clearTimeout(waiting);
  waiting = setTimeout(send, Math.max(Math.min(delay, since + AT_MOST - Date.now()), 0));
};

const note = () => {
  if (!isUnsent()) return;
  keepHere();
  if (!blocked) schedule(IDLE);
};

let noting;
area.addEventListener("input", () => {
  clearTimeout(noting);
  noting = setTimeout(note, 300);
});
addEventListener("online", () => {
  if (isUnsent() && !blocked) send();
});
// Before the guard of text-writing.js, which lets go of what is kept.
const part = () => {
  note();
  // The browser lets a page that goes away send 64 kB, no more.
  if (isUnsent() && !blocked && area.value.length < 20_000) send({ keepalive: true });
};
// The page that comes next is asked for only after this: it may find these words on the server already.
addEventListener("beforeunload", part);
addEventListener("pagehide", note);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") part();
  else if (isUnsent() && !blocked) send();
});

// --- Saving, giving up ------------------------------------------------------------------------------------------

let isReady = false;
form.addEventListener("submit", async (event) => {
  if (isReady) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const outcome = isUnsent() || !token.value ? await send() : "done";
  // The text is safe first: a form that is sent into the void would take it along.
  if (outcome === "expired" || outcome === "failed" || isOutOfReach || isTooLong()) return;
  if (blocked && lastTold === "another") return;
  form.elements.csrfmiddlewaretoken.value = csrfToken();
  isReady = true;
  // Not while this very event is under way: the browser would ignore it.
  setTimeout(() => form.requestSubmit(event.submitter));
});
addEventListener("pageshow", () => {
  isReady = false;
});

document.querySelector("[data-discards-draft] form")?.addEventListener("submit", () => {
  clearTimeout(waiting);
  blocked = true;
  known = area.value;
  forget();
  for (const { name } of kept()) forget(name);
});

// --- Taking up --------------------------------------------------------------------------------------------------

const take = (html) => {
  if (area.richEditor) area.richEditor.commands.setContent(html, { emitUpdate: true });
  else area.value = html;
  area.dispatchEvent(new Event("input", { bubbles: true }));
};

for (const choice of document.querySelectorAll("[data-takes-text]")) {
  choice.addEventListener("click", () => {
    take(JSON.parse(document.getElementById(choice.dataset.takesText).textContent));
    area.richEditor?.commands.focus();
  });
}

let isTakenUp = false; // what this browser kept, which the server has yet to acknowledge
const recover = () => {
  const [found] = kept().filter((one) => {
    if (one.body !== area.value) return true;
    forget(one.name);
    return false;
  });
  if (!found) return;
  const at = clock(new Date(found.at));
  const restore = () => {
    form.dataset.guardsUnsaved = "unsaved";
    isTakenUp = true;
    known = null;
    take(found.body);
    keepHere();
    forget(found.name);
    send(); // before a word is added to it: the page that kept it may be sending it too
    const text = `${gettext("Texte retrouvé dans ce navigateur, tapé à")} ${at}`;
    show(text, { kind: `found ${found.name}` });
  };
  // Nothing else was written since: this is simply the rest of the same text. The window that kept it may have sent a
  // part of it, and gone before it learned that the server has that.
  const isTheRest = found.draft === token.value || found.name === ours + bar.dataset.window;
  if (isTheRest && found.revision === revision.value) {
    restore();
    return;
  }
  const text = `${gettext("Un texte tapé à")} ${at} ${gettext("est resté dans ce navigateur.")}`;
  const drop = () => {
    forget(found.name);
    show("", { kind: "none" });
    recover();
  };
  const aside = [button(gettext("Le reprendre ici"), restore), button(gettext("L’effacer"), drop)];
  show(text, { kind: `offer ${found.name}`, tone: "warn", aside });
};

// The editor rewrites the text a little when it opens; only what is typed afterwards is news.
document.addEventListener("prose-editor:ready", () => {
  if (!isTakenUp) known = area.value;
});
if (form.dataset.guardsUnsaved === "unsaved") known = null;
recover();
