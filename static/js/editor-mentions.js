// What a text names without holding it: a figure of the register, another section, a picture. The editor keeps the identifier and
// shows what stands there today. The page hands over what may be inserted (templates/dossier/_editor_extras.html).

import { Node, updateAttrsDialog } from "django-prose-editor/editor";

const gettext = window.gettext ?? ((text) => text);

const handedOver = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "[]");

const tell = (text) => {
  const told = document.getElementById("editor-told");
  if (told) told.textContent = text;
};

// attribute: of the span that is stored; rows: what the page knows; write: how a row reads in the text; offer: how the
// dialog lists it, or nothing for a row that may not be chosen.
const makePlace = ({ name, attribute, button, rows, write, offer, gone, title, label, none }) =>
  Node.create({
    name,
    group: "inline",
    inline: true,
    atom: true,
    addAttributes() {
      return {
        identifier: {
          default: null,
          parseHTML: (element) => element.getAttribute(attribute),
          renderHTML: ({ identifier }) => ({ [attribute]: identifier }),
        },
      };
    },
    parseHTML() {
      return [{ tag: `span[${attribute}]`, priority: 60 }];
    },
    renderHTML({ HTMLAttributes }) {
      return ["span", HTMLAttributes];
    },
    addNodeView() {
      return ({ node }) => {
        const row = rows.find(({ id }) => id === node.attrs.identifier);
        const dom = document.createElement("span");
        dom.className = row ? "mention" : "mention mention--gone";
        dom.textContent = row ? write(row) : gone;
        dom.contentEditable = "false";
        return { dom };
      };
    },
    addMenuItems({ buttons, menu }) {
      menu.defineItem({
        name,
        groups: "nodes",
        button: buttons.text(button, name),
        option: null,
        command(editor) {
          const offered = rows.filter(offer);
          if (!offered.length) {
            tell(none);
            return;
          }
          // Two pictures may have one caption: each line of the list is another.
          const titles = offered
            .map(offer)
            .map((line, at, all) => (all.indexOf(line) === at ? line : `${line} (${at + 1})`));
          const choose = updateAttrsDialog(
            { chosen: { title: label, enum: titles } },
            { title, submitText: gettext("Insérer") },
          );
          choose(editor, { chosen: titles[0] }).then((wanted) => {
            if (!wanted) return;
            const { id } = offered[titles.indexOf(wanted.chosen)];
            editor.chain().focus().insertContent({ type: name, attrs: { identifier: id } }).run();
          });
        },
      });
    },
  });

export const LiveFigure = makePlace({
  name: "liveFigure",
  attribute: "data-live-figure",
  button: "123",
  rows: handedOver("editor-figures"),
  write: ({ text }) => text,
  offer: ({ label, text }) => `${label} – ${text}`,
  gone: gettext("chiffre inconnu"),
  title: gettext("Insérer un chiffre"),
  label: gettext("Chiffre de la candidature"),
  none: gettext("Aucun chiffre à insérer\u00a0: l’équipe de la candidature en tient le registre, à la page Chiffres du dossier."),
});

export const SectionReference = makePlace({
  name: "sectionReference",
  attribute: "data-section",
  button: "§",
  rows: handedOver("editor-sections"),
  write: ({ number, title }) => (title ? `${number}\u00a0${title}` : `${gettext("section")}\u00a0${number}`),
  offer: ({ number, title, offered }) => (offered ? `${number} ${title}` : ""),
  gone: gettext("renvoi à une section retirée"),
  title: gettext("Insérer un renvoi"),
  label: gettext("Section visée"),
  none: gettext("Aucune autre section à laquelle renvoyer."),
});

const nameOf = ({ caption, alternative_text: alternative }) => caption || alternative;

export const FigureReference = makePlace({
  name: "figureReference",
  attribute: "data-picture",
  button: "Fig.",
  rows: handedOver("editor-pictures"),
  write: (row) => `${gettext("figure")} «\u00a0${nameOf(row)}\u00a0»`,
  offer: (row) => (row.is_decorative ? "" : nameOf(row)),
  gone: gettext("renvoi à une image qui n’est plus là"),
  title: gettext("Renvoyer à une figure"),
  label: gettext("Image visée"),
  none: gettext("Aucune image à laquelle renvoyer\u00a0: insérez-la d’abord dans un texte."),
});
