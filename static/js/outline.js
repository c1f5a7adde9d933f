// The outline moved with the mouse or the finger. The buttons of each row do the same by keyboard and without a script.
import Sortable from "../vendor/sortablejs/modular/sortable.esm.js";

const PART = "outline__row--part";

const drop = (row, part, before) => {
  window.htmx.ajax("POST", row.dataset.place, {
    target: "#outline",
    values: { part: part?.dataset.section ?? "", before: before?.dataset.section ?? "" },
  });
};

const partOf = (body) => body?.querySelector(`.${PART}`);

const dropPart = ({ item, oldIndex, newIndex }) => {
  if (oldIndex === newIndex) return;
  drop(partOf(item), null, partOf(item.nextElementSibling));
};

const dropSection = ({ item, from, to, oldIndex, newIndex }) => {
  if (from === to && oldIndex === newIndex) return;
  const following = item.nextElementSibling;
  const part = partOf(to);
  // Let fall above the title of a part, a section becomes the first of that part.
  drop(item, part, following === part ? part.nextElementSibling : following);
};

const options = {
  animation: 150,
  handle: "[data-grip]",
  delay: 150,
  delayOnTouchOnly: true,
  ghostClass: "outline__ghost",
};

const makeSortable = (root) => {
  for (const table of root.querySelectorAll("[data-sorts-outline]")) {
    new Sortable(table, { ...options, draggable: "tbody", handle: `.${PART} [data-grip]`, onEnd: dropPart });
    for (const body of table.tBodies) {
      new Sortable(body, {
        ...options,
        group: "sections",
        draggable: `tr:not(.${PART})`,
        onEnd: dropSection,
      });
    }
  }
};

// A button that has reached the end of its way can no longer hold the focus: the others of its row take it.
let pressed = null;
document.addEventListener("htmx:beforeRequest", (event) => {
  pressed = event.target.matches("[data-keeps-focus]") ? document.activeElement?.id : null;
});

const keepFocus = () => {
  if (!pressed) return;
  const button = document.getElementById(pressed);
  const [, identifier] = pressed.match(/^[a-z]+-(.+)$/) ?? [];
  const row = document.getElementById(`section-${identifier}`);
  pressed = null;
  if (button && !button.disabled) button.focus();
  else row?.querySelector("[data-keeps-focus] button:not(:disabled)")?.focus();
};

makeSortable(document);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id !== "outline") return;
  makeSortable(event.target);
  keepFocus();
});
