// What our rich texts need beyond django-prose-editor: footnotes, and a toolbar that a screen reader can name. Tables,
// pictures, mentions and pasting are in modules of their own. Loaded by the editor itself (see core/richtext.py).

import { Mark } from "django-prose-editor/editor";

const gettext = window.gettext ?? ((text) => text);

// --- Footnotes --------------------------------------------------------------------------------------------------

export const Footnote = Mark.create({
  name: "footnote",
  // Outermost of all marks: a note that holds a word in italics stays one note.
  priority: 1100,
  inclusive: false,
  parseHTML() {
    return [{ tag: "span.footnote" }];
  },
  renderHTML() {
    return ["span", { class: "footnote" }, 0];
  },
  addMenuItems({ buttons, menu }) {
    menu.defineItem({
      name: "footnote",
      groups: "marks",
      button: buttons.text("[1]", "footnote"),
      option: null,
      command: (editor) => editor.chain().focus().toggleMark("footnote").run(),
      active: (editor) => editor.isActive("footnote"),
      enabled: (editor) => editor.isActive("footnote") || !editor.state.selection.empty,
    });
  },
});

// --- The toolbar, named and walked with the arrow keys ------------------------------------------------------------

const NAMES = {
  paragraph: gettext("Paragraphe"),
  heading2: gettext("Titre de niveau 2"),
  heading3: gettext("Titre de niveau 3"),
  heading4: gettext("Titre de niveau 4"),
  bulletList: gettext("Liste à puces"),
  orderedList: gettext("Liste numérotée"),
  blockquote: gettext("Citation"),
  horizontalRule: gettext("Filet horizontal"),
  figure: gettext("Image"),
  pictureUpload: gettext("Déposer une image"),
  liveFigure: gettext("Insérer un chiffre"),
  sectionReference: gettext("Insérer un renvoi"),
  figureReference: gettext("Renvoyer à une figure"),
  tableReference: gettext("Renvoyer à un tableau"),
  bold: gettext("Gras"),
  italic: gettext("Italique"),
  subscript: gettext("Indice"),
  superscript: gettext("Exposant"),
  footnote: gettext("Note de bas de page"),
  link: gettext("Lien"),
  unlink: gettext("Retirer le lien"),
  table: gettext("Insérer un tableau"),
  "table:caption": gettext("Titre du tableau"),
  "table:addColumnAfter": gettext("Ajouter une colonne à droite"),
  "table:deleteColumn": gettext("Supprimer la colonne"),
  "table:addRowAfter": gettext("Ajouter une ligne dessous"),
  "table:deleteRow": gettext("Supprimer la ligne"),
  "table:mergeCells": gettext("Fusionner les cellules"),
  "table:splitCell": gettext("Scinder la cellule"),
  "table:toggleHeaderCell": gettext("Cellule d’en-tête, oui ou non"),
  "table:deleteTable": gettext("Supprimer le tableau"),
  "history:undo": gettext("Annuler"),
  "history:redo": gettext("Rétablir"),
};

// Buttons that show a state, as against those that do something once.
const STATES = new Set([
  "paragraph", "heading2", "heading3", "heading4", "bulletList", "orderedList", "blockquote",
  "bold", "italic", "subscript", "superscript", "footnote", "link",
]);

const usable = (bar) => [...bar.querySelectorAll("button")].filter((button) => !button.classList.contains("hidden"));

const nameToolbar = (editor, bar) => {
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", gettext("Mise en forme"));
  for (const button of bar.querySelectorAll("button")) {
    const name = NAMES[button.dataset.name];
    if (name) {
      button.title = name;
      button.setAttribute("aria-label", name);
    }
  }
  let current = null;
  const follow = () => {
    const buttons = usable(bar);
    if (!buttons.includes(current)) current = buttons[0];
    for (const button of bar.querySelectorAll("button")) {
      button.tabIndex = button === current ? 0 : -1;
      button.setAttribute("aria-disabled", button.classList.contains("disabled"));
      // Of this one the package never says that it is on.
      if (button.dataset.name === "bulletList") button.classList.toggle("active", editor.isActive("bulletList"));
      if (STATES.has(button.dataset.name)) button.setAttribute("aria-pressed", button.classList.contains("active"));
    }
  };
  bar.addEventListener("focusin", (event) => {
    current = event.target.closest("button") ?? current;
    follow();
  });
  bar.addEventListener("keydown", (event) => {
    const buttons = usable(bar);
    const place = buttons.indexOf(current);
    const target = {
      ArrowRight: buttons[(place + 1) % buttons.length],
      ArrowLeft: buttons[(place - 1 + buttons.length) % buttons.length],
      Home: buttons[0],
      End: buttons.at(-1),
    }[event.key];
    if (!target) return;
    event.preventDefault();
    target.focus();
  });
  // In a table and in a list, Tab does something else than leave the text.
  bar.setAttribute("aria-keyshortcuts", "Alt+F10");
  editor.view.dom.addEventListener("keydown", (event) => {
    if (!event.altKey || event.key !== "F10") return;
    event.preventDefault();
    current.focus();
  });
  editor.on("transaction", follow);
  follow();
};

const nameTextBox = (editor, textarea) => {
  const box = editor.view.dom;
  const label = textarea.labels?.[0] ?? document.querySelector(`label[for="${textarea.id}"]`);
  if (label) {
    label.id ||= `${textarea.id}_label`;
    box.setAttribute("aria-labelledby", label.id);
    label.addEventListener("click", () => editor.commands.focus());
  }
  box.setAttribute("aria-multiline", "true");
  box.removeAttribute("translate");
  box.lang = textarea.lang || document.documentElement.lang;
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (textarea.hasAttribute(name)) box.setAttribute(name, textarea.getAttribute(name));
  }
  if (textarea.classList.contains("is-invalid")) box.setAttribute("aria-invalid", "true");
  box.classList.add("prose");
};

// Dialogs are made anew each time, without a name of their own.
const nameDialogs = (frame) => {
  new MutationObserver(() => {
    const dialog = frame.querySelector("dialog:not([aria-labelledby])");
    const title = dialog?.querySelector(".prose-editor-dialog-title");
    if (!title) return;
    title.id ||= `${dialog.querySelector("[id]")?.id ?? "prose-editor"}-title`;
    dialog.setAttribute("aria-labelledby", title.id);
  }).observe(frame, { childList: true, subtree: true });
};

document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  textarea.richEditor = editor; // for the scripts of the page that put a text in
  const frame = editor.view.dom.parentElement;
  const toolbar = () => frame.querySelector(":scope > .prose-menubar");
  nameTextBox(editor, textarea);
  nameDialogs(frame);
  if (toolbar()) nameToolbar(editor, toolbar());
  else editor.on("create", () => requestAnimationFrame(() => nameToolbar(editor, toolbar())));
});
