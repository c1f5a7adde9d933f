// The page behind a reading link: says that a hand touched it, remembers on the device where one stopped, and shows
// the PDF in the place of the text. Without this script the page is read all the same.

const frame = document.querySelector("[data-reading]");
const text = frame.querySelector("[data-text]");
const pdf = document.getElementById("pdf");
const contents = document.getElementById("sommaire");

// --- Somebody reads -----------------------------------------------------------------------------------

// A program that checks links runs scripts and lets time pass, and even scrolls: none of that counts. A finger, a
// wheel or a key does, on a page that has been in sight for a moment.
const GESTURES = ["pointerdown", "touchstart", "wheel", "keydown"];
const MOMENT = 1500;

const openedSince = performance.now();
let told = false;
const tell = async (event) => {
  if (told || !event.isTrusted || document.visibilityState !== "visible") return;
  if (performance.now() - openedSince < MOMENT) return;
  told = true;
  try {
    const answer = await fetch(frame.dataset.opened, { method: "POST", headers: { Accept: "application/json" } });
    told = answer.ok || answer.status === 404;
  } catch {
    told = false; // the connection is cut: the next gesture tries again
  }
};
for (const gesture of GESTURES) addEventListener(gesture, tell, { passive: true, capture: true });

// --- Where one is -------------------------------------------------------------------------------------

const headings = [...contents.querySelectorAll("a[href^='#section-']")]
  .map((link) => ({ link, target: document.getElementById(link.hash.slice(1)) }))
  .filter(({ target }) => target);

// One reads in the upper third of the screen.
const readingLine = () => innerHeight / 3;
const current = () => headings.findLast(({ target }) => target.getBoundingClientRect().top < readingLine());

const mark = (link) => {
  for (const marked of contents.querySelectorAll("[aria-current]")) marked.removeAttribute("aria-current");
  if (!link) return;
  link.setAttribute("aria-current", "true");
  const box = contents.getBoundingClientRect();
  const place = link.getBoundingClientRect();
  if (place.top < box.top || place.bottom > box.bottom) contents.scrollTop += place.top - box.top - box.height / 3;
};

// --- Where one stopped --------------------------------------------------------------------------------

const KEY = `lecture:${frame.dataset.reading}`;
const remember = (place) => {
  try {
    localStorage.setItem(KEY, JSON.stringify(place));
  } catch {
    // The browser keeps nothing: one starts at the beginning.
  }
};
const recall = () => {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
};
const forget = () => {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
};

const place = document.getElementById("id_place");
const pageField = document.getElementById("id_page");
const isPdf = () => pdf && !pdf.hidden;

let pending = 0;
const look = () => {
  pending = 0;
  if (isPdf()) return;
  const here = current();
  mark(here?.link);
  if (!here) return;
  const { target, link } = here;
  const after = headings[headings.indexOf(here) + 1]?.target;
  const top = target.getBoundingClientRect().top;
  const bottom = (after ?? text).getBoundingClientRect()[after ? "top" : "bottom"];
  if (bottom < readingLine()) return; // in the remarks: one has not gone on in the text
  remember({ view: "texte", anchor: target.id, share: (readingLine() - top) / Math.max(bottom - top, 1), title: link.textContent.trim() });
  if (place && document.activeElement !== place && !place.dataset.chosen) place.value = target.id;
};
addEventListener("scroll", () => {
  pending ||= setTimeout(look, 250);
}, { passive: true });
place?.addEventListener("change", () => {
  place.dataset.chosen = "yes";
});

const goTo = (stopped) => {
  const index = headings.findIndex(({ target }) => target.id === stopped.anchor);
  if (index < 0) return;
  const target = headings[index].target;
  const after = headings[index + 1]?.target;
  const top = target.getBoundingClientRect().top;
  const bottom = (after ?? text).getBoundingClientRect()[after ? "top" : "bottom"];
  scrollBy({ top: top - readingLine() + Math.min(Math.max(stopped.share, 0), 1) * (bottom - top), behavior: "instant" });
};

const resume = frame.querySelector("[data-resume]");
const stopped = recall();
const offer = () => {
  if (!stopped || location.hash) return;
  const words = resume.querySelector("[data-resume-text]");
  const isPage = stopped.view === "pdf";
  if (isPage && !pdf) return;
  const where = isPage ? `${words.dataset.pageLabel} ${stopped.page}` : `« ${stopped.title} »`;
  words.textContent = `${words.dataset.label} ${where}`;
  resume.hidden = false;
};
resume.querySelector("[data-resume-link]").addEventListener("click", (event) => {
  event.preventDefault();
  resume.hidden = true;
  if (stopped.view === "pdf") return show("pdf", stopped.page);
  show("texte");
  goTo(stopped);
  look(); // where one is there already, nothing scrolls
});
resume.querySelector("[data-resume-forget]").addEventListener("click", () => {
  forget();
  resume.hidden = true;
});
offer();

// --- The text, or the PDF -----------------------------------------------------------------------------

let viewer = null;
const show = async (view, page = 0) => {
  for (const button of document.querySelectorAll("[data-view]")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === view));
  }
  text.hidden = view === "pdf";
  if (pdf) pdf.hidden = view !== "pdf";
  if (view !== "pdf") return look();
  resume.hidden = true;
  viewer ??= import(pdf.dataset.viewer).then((module) =>
    module.open(pdf, (number) => {
      remember({ view: "pdf", page: number });
      if (pageField && !pageField.value) pageField.placeholder = String(number);
      mark([...contents.querySelectorAll("[data-page]")].findLast((link) => Number(link.dataset.page) <= number));
    }),
  );
  const opened = await viewer;
  opened.resume();
  if (page) opened.goTo(page);
};
for (const button of document.querySelectorAll("[data-view]")) {
  button.addEventListener("click", () => show(button.dataset.view));
}

contents.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link) return;
  if (contents.matches(":popover-open")) contents.hidePopover();
  if (isPdf() && link.dataset.page) {
    event.preventDefault();
    show("pdf", Number(link.dataset.page));
  } else if (isPdf() && link.hash.startsWith("#section-")) {
    show("texte");
  }
});

look();
document.fonts.ready.then(look);
