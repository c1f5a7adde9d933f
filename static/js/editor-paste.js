// What Word, LibreOffice and other programs put on the clipboard, turned into what the editor writes itself. The server
// does the same with whatever reaches it otherwise (core/pasted.py). Loaded by the editor (see core/richtext.py).

import { Extension, Plugin } from "django-prose-editor/editor";

const gettext = window.gettext ?? ((text) => text);

const OWN_PICTURE = /^\/c\/[-\w]+\/dossier\/images\/[-0-9a-f]{36}\/$/;
// What nothing ends goes to the end, and no other mark spans a "<": each sign is read once, whatever is pasted.
const CONDITIONAL = /<!--(?:[\s\S]*?-->|[\s\S]*)|<!\[[^<>]*>|<\?xml[^<>]*>|<style(?:[\s\S]*?<\/style>|[\s\S]*)/gi;
const TAG = /<[a-z][^>]*(?:>|$)/gi;
// Ten times what a section may hold (dossier/services/measure.py): word processors wrap each word in much that is dropped.
const MAX_PASTED = 4_000_000;
const LIST = /mso-list:\s*l\d+\s+level(\d)/;
const NUMBERED = /^[(]?(\d{1,3}|[a-z]|[ivx]{1,5})[.)]$/i;
const BLOCKS = "p,h1,h2,h3,h4,h5,h6,ul,ol,li,blockquote,figure,table,hr,div,pre";

// Under the page's policy even a document that is only parsed may have no inline style: it is read under another name.
const parse = (html) => {
  const plain = html
    .replace(CONDITIONAL, "")
    .replace(TAG, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style="));
  return new DOMParser().parseFromString(plain, "text/html");
};
const styleOf = (element) => element.getAttribute("data-style") ?? "";
const isBlank = (element) => !/[^\s\u00a0]/.test(element.textContent);

// One by one: what is pasted may hold more nodes than a call takes arguments.
const pour = (element, into) => {
  while (element.firstChild) into.append(element.firstChild);
};

const rename = (element, tag) => {
  const renamed = element.ownerDocument.createElement(tag);
  pour(element, renamed);
  for (const name of ["data-style", "class", "colspan", "rowspan"]) {
    if (element.hasAttribute(name)) renamed.setAttribute(name, element.getAttribute(name));
  }
  element.replaceWith(renamed);
  return renamed;
};

const unwrap = (element) => {
  while (element.firstChild) element.before(element.firstChild);
  element.remove();
};

// Word writes the bullet or the number as text, inside a span that says it may be ignored.
const takeSign = (paragraph) => {
  const span = [...paragraph.querySelectorAll("span")].find((each) => /mso-list:\s*ignore/i.test(styleOf(each)));
  const sign = span?.textContent.replace(/[\s\u00a0]/g, "") ?? "";
  span?.remove();
  return sign;
};

const nextElement = (element) => {
  let next = element.nextSibling;
  while (next?.nodeType === Node.TEXT_NODE && !/[^\s\u00a0]/.test(next.data)) next = next.nextSibling;
  return next;
};

// Both programs write the notes below the text, with links to and fro: each comes back to where the text calls it.
const makeNotes = (body) => {
  const anchors = new Map([...body.querySelectorAll("a[name]")].map((anchor) => [anchor.name, anchor]));
  for (const call of body.querySelectorAll("a[href^='#']")) {
    const sign = anchors.get(call.getAttribute("href").slice(1));
    if (!sign || sign === call || sign.getAttribute("href") !== `#${call.name}`) continue;
    const below = sign.closest("div[id]");
    if (!below || below.contains(call)) continue;
    sign.remove();
    const note = body.ownerDocument.createElement("span");
    note.className = "footnote";
    note.textContent = below.textContent.replace(/[ \t\r\n]+/g, " ").trim();
    call.replaceWith(note);
    below.remove();
  }
  for (const rest of body.querySelectorAll("div[data-style*='footnote-list']")) if (isBlank(rest)) rest.remove();
};

// Word numbers paragraphs one by one: those that follow each other are one list.
const makeLists = (body) => {
  let open = [];
  for (const paragraph of body.querySelectorAll("p,h1,h2,h3,h4,h5,h6")) {
    const placed = LIST.exec(styleOf(paragraph));
    if (!placed) continue;
    if (open.length && nextElement(open[0].list) !== paragraph) open = [];
    const level = Number(placed[1]);
    const numbered = NUMBERED.exec(takeSign(paragraph));
    const tag = numbered ? "OL" : "UL";
    while (open.length && (open.at(-1).level > level || (open.at(-1).level === level && open.at(-1).list.tagName !== tag))) {
      open.pop();
    }
    if (!open.length || open.at(-1).level < level) {
      const list = body.ownerDocument.createElement(tag);
      if (numbered && /^\d+$/.test(numbered[1]) && numbered[1] !== "1") list.setAttribute("start", numbered[1]);
      if (open.length) open.at(-1).list.lastElementChild.append(list);
      else paragraph.before(list);
      open.push({ level, list });
    }
    const item = body.ownerDocument.createElement("li");
    pour(paragraph, item);
    open.at(-1).list.append(item);
    paragraph.remove();
  }
};

// A text begins at the second level: the first is the title of its section.
const shiftHeadings = (body) => {
  for (const title of body.querySelectorAll("p.MsoTitle")) rename(title, "h1");
  const headings = [...body.querySelectorAll("h1,h2,h3,h4,h5,h6")];
  const shift = headings.some(({ tagName }) => tagName === "H1") ? 1 : 0;
  for (const heading of headings) {
    const level = Math.min(Math.max(Number(heading.tagName[1]) + shift, 2), 4);
    if (heading.tagName !== `H${level}`) rename(heading, `h${level}`);
  }
};

const isOurs = (span) =>
  span.classList.contains("footnote") ||
  ["data-live-figure", "data-section", "data-picture", "data-table"].some((name) => span.hasAttribute(name));

const tidy = (element) => {
  const tag = element.tagName.toLowerCase();
  if (tag === "div" && !element.querySelector(BLOCKS)) rename(element, "p");
  else if (["b", "strong"].includes(tag) && /(?:^|[^-\w])font-weight:\s*(?:normal|400)/.test(styleOf(element))) unwrap(element);
  else if (["dt", "dd", "center"].includes(tag)) rename(element, "p");
  else if (tag === "td" && element.closest("thead, table")?.tagName === "THEAD") rename(element, "th");
  // A page shows the number of a table, which the text does not hold.
  else if (element.matches("caption > span.number")) element.remove();
  else if (tag.includes(":") || ["font", "u"].includes(tag) || (tag === "span" && !isOurs(element))) unwrap(element);
  else if (tag === "a" && !/^(?:https?:|mailto:|\/)/.test(element.getAttribute("href") ?? "")) unwrap(element);
  else {
    element.removeAttribute("data-style");
    if (tag !== "span") element.removeAttribute("class");
  }
};

// Returns the HTML to insert, and how many pictures of another document had to be left out.
export const cleanPasted = (html) => {
  const { body } = parse(html);
  for (const element of body.querySelectorAll("script,meta,link,title,xml,template")) element.remove();
  let dropped = 0;
  for (const picture of body.querySelectorAll("img")) {
    if (OWN_PICTURE.test(picture.getAttribute("src") ?? "")) continue;
    picture.remove();
    dropped += 1;
  }
  makeNotes(body);
  makeLists(body);
  shiftHeadings(body);
  for (const element of [...body.querySelectorAll("*")]) tidy(element);
  for (const element of [...body.querySelectorAll("p,h2,h3,h4,figure")].reverse()) {
    if (isBlank(element) && !element.querySelector("img,table,span") && !element.closest("td,th,li")) element.remove();
  }
  return { html: body.innerHTML, dropped };
};

const say = (text) => {
  const told = document.getElementById("editor-told");
  if (told) told.textContent = text;
};

// Answers true when nothing of it is taken in: the text stays as it is.
const refuseHuge = (event, carried) => {
  const longest = Math.max(...["text/html", "text/plain"].map((type) => carried?.getData(type).length ?? 0));
  if (longest <= MAX_PASTED) return false;
  event.preventDefault();
  say(
    gettext(
      "Rien n’est collé\u00a0: c’est trop long pour une section. Votre texte n’a pas changé\u00a0; collez l’autre en plusieurs fois, ou sans mise en forme.",
    ),
  );
  return true;
};

export const CleanPaste = Extension.create({
  name: "cleanPaste",
  addProseMirrorPlugins() {
    return [
      new Plugin({
        props: {
          // Before anything is parsed, which is what takes the time.
          handleDOMEvents: {
            paste: (_view, event) => refuseHuge(event, event.clipboardData),
            drop: (_view, event) => refuseHuge(event, event.dataTransfer),
          },
          transformPastedHTML(html) {
            // What comes from an editor like this one is clean, and says so.
            if (html.includes("data-pm-slice")) return html;
            const clean = cleanPasted(html);
            say(
              clean.dropped
                ? gettext(
                    "Le texte est collé, sans ses images\u00a0: déposez-les avec le bouton «\u00a0Déposer une image\u00a0».",
                  )
                : "",
            );
            return clean.html;
          },
        },
      }),
    ];
  },
});
