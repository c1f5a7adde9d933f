// Comments beside a text: a selected passage goes into the form, « @ » completes the names of those who may be told.
// Without this script a passage is quoted by typing it, and people are looked for by sending the form.

const CONTEXT = 200;
// Milliseconds of rest before a name is looked for.
const PAUSE = 150;

// --- A passage of the text ----------------------------------------------------------------------------

let chosen = null;

const BLOCKS = "p, h2, h3, h4, li, td, th, caption, figcaption, blockquote";

// Three clicks on the last paragraph select up to what follows the text: only what lies in it is quoted.
const clip = (range, whole) => {
  const clipped = range.cloneRange();
  if (clipped.compareBoundaryPoints(Range.START_TO_START, whole) < 0) {
    clipped.setStart(whole.startContainer, whole.startOffset);
  }
  if (clipped.compareBoundaryPoints(Range.END_TO_END, whole) > 0) {
    clipped.setEnd(whole.endContainer, whole.endOffset);
  }
  return clipped;
};

const wordsOf = (range) => {
  const copy = range.cloneContents();
  for (const block of copy.querySelectorAll(BLOCKS)) block.append(" ");
  return copy.textContent.replace(/\s+/g, " ").trim();
};

const readSelection = () => {
  const selection = document.getSelection();
  const article = document.querySelector("[data-commented] > article");
  if (!article || !selection.rangeCount || selection.isCollapsed) return null;
  if (!selection.getRangeAt(0).intersectsNode(article)) return null;
  const whole = document.createRange();
  whole.selectNodeContents(article);
  const range = clip(selection.getRangeAt(0), whole);
  const before = whole.cloneRange();
  before.setEnd(range.startContainer, range.startOffset);
  const after = whole.cloneRange();
  after.setStart(range.endContainer, range.endOffset);
  const quote = wordsOf(range);
  return quote && { quote, before: before.toString().slice(-CONTEXT), after: after.toString().slice(0, CONTEXT) };
};

const button = document.createElement("button");
button.type = "button";
button.className = "btn btn-primary comment-selection";
button.textContent = "Commenter ce passage";
button.title = "Ctrl + Alt + M";
button.setAttribute("aria-keyshortcuts", "Control+Alt+M");
button.hidden = true;
// Pressing the button must not undo the selection it is about.
button.addEventListener("pointerdown", (event) => event.preventDefault());

const place = () => {
  const article = document.querySelector("[data-commented] > article");
  if (article && button.previousElementSibling !== article) article.after(button);
};

// The form comes when it is first wanted.
const newCommentForm = async () => {
  const room = document.getElementById("nouveau-commentaire");
  const link = room?.querySelector("[data-new-comment]");
  if (link) await window.htmx.ajax("GET", link.getAttribute("hx-get"), { target: room, swap: "innerHTML" });
  return room?.querySelector("form");
};

const quotePassage = async () => {
  // Moving to the form undoes the selection.
  const passage = chosen;
  const form = passage && (await newCommentForm());
  if (!form) return;
  const quote = form.querySelector("[data-quote]");
  quote.value = passage.quote;
  quote.dataset.quoted = passage.quote;
  form.querySelector("[data-before]").value = passage.before;
  form.querySelector("[data-after]").value = passage.after;
  button.hidden = true;
  form.querySelector("textarea[data-mentions]").focus();
  form.scrollIntoView({ block: "nearest" });
};
button.addEventListener("click", quotePassage);

document.addEventListener("selectionchange", () => {
  if (document.activeElement === button) return;
  chosen = readSelection();
  place();
  button.hidden = !chosen;
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.altKey && event.code === "KeyM" && chosen) {
    event.preventDefault();
    quotePassage();
  }
});

// A passage that is typed over is no longer the one whose neighbours were noted.
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-quote]") || event.target.value === event.target.dataset.quoted) return;
  const form = event.target.closest("form");
  form.querySelector("[data-before]").value = "";
  form.querySelector("[data-after]").value = "";
});

// --- From a mark to its thread, and back ----------------------------------------------------------------

const showThread = (key) => {
  for (const element of document.querySelectorAll(".is-current")) element.classList.remove("is-current");
  document.querySelector(`[data-thread="${key}"]`)?.classList.add("is-current");
  for (const mark of document.querySelectorAll(`mark[data-threads~="${key}"]`)) mark.classList.add("is-current");
};

document.addEventListener("click", (event) => {
  const link = event.target.closest(".passage-link, .thread__quote a");
  if (link) showThread(link.hash.replace(/^#(?:fil|passage)-/, ""));
});

// --- Names ------------------------------------------------------------------------------------------------

const audienceOf = (form) => form.querySelector("[data-audience]:checked")?.value ?? "";

// In a thread of the team, the others are out of reach: their boxes go, and what they held.
const limitPeople = (form) => {
  const isOfTeam = audienceOf(form) === "team";
  for (const box of form.querySelectorAll("[data-person]")) {
    const isOut = isOfTeam && box.dataset.ofTeam === "false";
    box.closest(".form-check").hidden = isOut;
    if (isOut) box.checked = false;
  }
  // What was found was found among the readers of then.
  if (form.querySelector("[data-told-said]")?.textContent) {
    window.htmx.trigger(form.querySelector("[data-told-search]"), "rechercher");
  }
};

// What is ticked while a search is on its way stays as it is: the answer knows only what was ticked when it was asked.
document.addEventListener("htmx:beforeSwap", (event) => {
  const people = event.target;
  if (!people.closest?.("[data-told]")) return;
  const kept = [...people.querySelectorAll("[data-person]")].filter((box) => !box.closest(".form-check").hidden);
  people.addEventListener(
    "htmx:afterSwap",
    () => {
      for (const box of kept) {
        const again = people.querySelector(`[data-person][value="${box.value}"]`);
        if (again) again.checked = box.checked;
        else if (box.checked) people.append(box.closest(".form-check"));
      }
    },
    { once: true },
  );
});

// What a search brought is said where it is listened to.
document.addEventListener("htmx:afterSwap", (event) => {
  const said = event.target.querySelector?.("[data-told-said-now]");
  const place = event.target.closest?.("[data-told]")?.querySelector("[data-told-said]");
  if (said && place) place.textContent = said.dataset.toldSaidNow;
});

const peopleNamed = async (form, words, signal) => {
  const address = new URL(form.querySelector("[data-told-search]").getAttribute("hx-get"), location);
  address.searchParams.set("personne", words);
  if (audienceOf(form)) address.searchParams.set("audience", audienceOf(form));
  const response = await fetch(address, { signal });
  if (!response.ok || response.redirected) return [];
  const parsed = new DOMParser().parseFromString(await response.text(), "text/html");
  return [...parsed.querySelectorAll(".form-check")];
};

// The box of a person who was named in the text joins those of the form.
const tick = (form, label) => {
  const value = label.querySelector("[data-person]").value;
  let box = form.querySelector(`[data-person][value="${value}"]`);
  if (!box) {
    form.querySelector(".told").append(label);
    box = label.querySelector("[data-person]");
  }
  box.checked = true;
};

const asked = (area) => {
  const typed = area.value.slice(0, area.selectionStart);
  const found = typed.match(/(?:^|[\s(«])@([\p{L}\p{M}'’-]*(?: [\p{L}\p{M}'’-]+)?)$/u);
  return found ? found[1] : null;
};

const listOf = (area) => {
  const id = `${area.id}-mentions`;
  let list = document.getElementById(id);
  if (!list) {
    list = document.createElement("ul");
    list.id = id;
    list.className = "mentions";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Personnes à prévenir");
    list.hidden = true;
    area.after(list);
    area.setAttribute("aria-autocomplete", "list");
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const item = event.target.closest("li");
      if (item) choose(area, list, item);
    });
    area.addEventListener("blur", () => close(area, list));
  }
  return list;
};

const close = (area, list) => {
  search.abort();
  list.hidden = true;
  list.replaceChildren();
  area.removeAttribute("aria-controls");
  area.removeAttribute("aria-activedescendant");
};

const select = (area, list, index) => {
  const items = [...list.children];
  items.forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
  area.setAttribute("aria-activedescendant", items[index].id);
};

const choose = (area, list, item) => {
  const label = found.get(item);
  const end = area.selectionStart;
  const start = end - asked(area).length;
  area.setRangeText(`${label.querySelector("[data-person]").dataset.person} `, start, end, "end");
  tick(area.form, label);
  close(area, list);
};

// The box that each line of the list stands for.
const found = new WeakMap();
let search = new AbortController();

const suggest = async (area) => {
  search.abort();
  const list = listOf(area);
  const wanted = asked(area);
  if (wanted === null) return close(area, list);
  search = new AbortController();
  const { signal } = search;
  await new Promise((resolve) => setTimeout(resolve, PAUSE));
  if (signal.aborted) return undefined;
  const labels = await peopleNamed(area.form, wanted, signal).catch(() => []);
  if (signal.aborted) return undefined;
  if (!labels.length) return close(area, list);
  list.replaceChildren(
    ...labels.slice(0, 6).map((label, index) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${index}`;
      item.setAttribute("role", "option");
      item.textContent = label.textContent.trim();
      found.set(item, label);
      return item;
    }),
  );
  list.hidden = false;
  area.setAttribute("aria-controls", list.id);
  return select(area, list, 0);
};

document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[data-mentions]")) suggest(event.target);
});

// Enter looks for the name: it must not publish a comment that is not finished.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches?.("[data-told-search]")) return;
  event.preventDefault();
  window.htmx.trigger(event.target, "rechercher");
});

document.addEventListener("keydown", (event) => {
  const area = event.target;
  if (!area.matches?.("textarea[data-mentions]")) return;
  const list = document.getElementById(`${area.id}-mentions`);
  if (!list || list.hidden) return;
  const items = [...list.children];
  const current = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") select(area, list, (current + 1) % items.length);
  else if (event.key === "ArrowUp") select(area, list, (current - 1 + items.length) % items.length);
  else if (event.key === "Enter" || event.key === "Tab") choose(area, list, items[current]);
  else if (event.key === "Escape") close(area, list);
  else return;
  event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-audience]")) limitPeople(event.target.form);
});

const prepare = (root) => {
  for (const radio of root.querySelectorAll("[data-audience]:checked")) limitPeople(radio.form);
  // A form that came by itself is what the person asked for.
  const area = root.matches?.(".comment-form") && root.querySelector("textarea[data-mentions]");
  if (area) area.focus();
};
prepare(document);
document.addEventListener("htmx:load", (event) => prepare(event.target));
