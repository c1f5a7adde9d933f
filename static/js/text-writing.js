// Writing a long text: the length keeps up with the text, and leaving with words kept nowhere asks first.
// The server counts again when the text is saved, by the same rules (dossier.models.Section.save).

const BLOCK_END = /<\/(?:p|h[2-4]|li|td|th|caption|figcaption|blockquote|tr)>|<br>/gi;

const plainText = (html) => {
  const parsed = new DOMParser().parseFromString(html.replace(BLOCK_END, "$& "), "text/html");
  return parsed.body.textContent.replace(/\s+/g, " ").trim();
};

const COUNTS = {
  // A colon or a guillemet stands alone between its spaces, as French wants it, and is no word.
  words: (text) => text.split(" ").filter((word) => /[\p{L}\p{N}]/u.test(word)).length,
  characters: (text) => Array.from(text).length,
};

const measure = (box, text) => {
  // The limit of a part counts what its sections hold as well.
  const elsewhere = Number(box.dataset.elsewhere);
  if (box.dataset.unit !== "pages") return COUNTS[box.dataset.unit](text) + elsewhere;
  return Math.ceil((COUNTS.words(text) + elsewhere) / Number(box.dataset.wordsAPage));
};

const write = (number) => number.toLocaleString("fr-FR");

// Read aloud when another tenth of the limit is reached or the limit is crossed, not at every word.
const tell = (box, used, over, text) => {
  const step = over ? "over" : String(Math.floor((used * 10) / Number(box.dataset.limit)));
  const before = box.dataset.step;
  box.dataset.step = step;
  if (before === undefined || before === step) return;
  box.querySelector("[data-length-told]").textContent = over ? `${box.dataset.overTold} ${text}` : text;
};

const show = (box, used) => {
  const limit = Number(box.dataset.limit);
  const about = box.dataset.unit === "pages" ? `${box.dataset.about} ` : "";
  const told = `${about}${write(used)} ${box.dataset.unitLabel}`;
  const label = box.querySelector("[data-length-label], .meter__label, span");
  label.textContent = told;
  if (!limit) return;
  const over = Math.max(used - limit, 0);
  const meter = box.querySelector(".meter");
  const bar = box.querySelector("progress");
  const against = `${box.dataset.of} ${write(limit)}${over ? `, ${write(over)} ${box.dataset.over}` : ""}`;
  box.querySelector(".meter__value").textContent = against;
  tell(box, used, over, `${told} ${against}`);
  bar.value = Math.min(Math.ceil((used * 100) / limit), 100);
  bar.setAttribute("aria-label", told);
  meter.classList.remove("meter--accent", "meter--warn", "meter--bad");
  meter.classList.add(over ? "meter--bad" : bar.value >= 90 ? "meter--warn" : "meter--accent");
};

for (const area of document.querySelectorAll("textarea[data-counts-into]")) {
  const box = document.getElementById(area.dataset.countsInto);
  let waiting;
  show(box, measure(box, plainText(area.value))); // the text may be a draft, which the server has not measured
  area.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => show(box, measure(box, plainText(area.value))), 150);
  });
}

for (const form of document.querySelectorAll("form[data-guards-unsaved]")) {
  let isUnsaved = form.dataset.guardsUnsaved === "unsaved";
  form.addEventListener("input", () => {
    isUnsaved = true;
  });
  form.addEventListener("submit", () => {
    isUnsaved = false;
  });
  addEventListener("beforeunload", (event) => {
    if (isUnsaved && form.dataset.kept !== "yes") event.preventDefault();
  });
}
