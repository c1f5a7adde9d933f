// What a text names without holding it: a figure of the register, another section, a picture, a table. The editor keeps the identifier and
// shows what stands there today. The page hands over what may be inserted (templates/dossier/_editor_extras.html).

import { Node, updateAttrsDialog } from "django-prose-editor/editor";

const gettext = window.gettext ?? ((text) => text);

const handedOver = (id) => {
  const rows = JSON.parse(document.getElementById(id)?.textContent ?? "[]");
  return () => rows;
};

const tell = (text) => {
  const told = document.getElementById("editor-told");
  if (told) told.textContent = text;
};

// attribute: of the span that is stored; rows: answers what may be named from the text of an editor; write: how a row reads in the text; offer: how the
// dialog lists it, or nothing for a row that may not be chosen; isLive: whether what it is called changes while typing.
const makePlace = ({ name, attribute, button, rows, isLive = false, write, offer, gone, title, label, none }) =>
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
      return ({ editor, node }) => {
        const dom = document.createElement("span");
        dom.contentEditable = "false";
        const show = () => {
          const row = rows(editor).find(({ id }) => id === node.attrs.identifier);
          const words = row ? write(row) : gone;
          dom.className = row ? "mention" : "mention mention--gone";
          if (dom.textContent !== words) dom.textContent = words;
        };
        show();
        if (!isLive) return { dom };
        // Once all of the text is there, and whenever it changes.
        for (const news of ["create", "update"]) editor.on(news, show);
        const destroy = () => ["create", "update"].forEach((news) => editor.off(news, show));
        return { dom, ignoreMutation: () => true, destroy };
      };
    },
    addMenuItems({ buttons, menu }) {
      menu.defineItem({
        name,
        groups: "nodes",
        button: buttons.text(button, name),
        option: null,
        command(editor) {
          const offered = rows(editor).filter(offer);
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

const tablesOfOthers = handedOver("editor-tables");

// Those of the text as it stands, then those of the other sections.
const tables = (editor) => {
  const own = [];
  editor.state.doc.descendants((node) => {
    const { identity, caption } = node.attrs;
    if (node.type.name === "table" && identity && caption) own.push({ id: identity, title: caption });
    return !node.isTextblock;
  });
  return [...own, ...tablesOfOthers()];
};

export const TableReference = makePlace({
  name: "tableReference",
  attribute: "data-table",
  button: "Tab.",
  rows: tables,
  isLive: true,
  write: ({ title }) => (title ? `${gettext("tableau")} «\u00a0${title}\u00a0»` : gettext("un tableau du dossier")),
  offer: ({ title }) => title,
  gone: gettext("renvoi à un tableau qui n’est plus là"),
  title: gettext("Renvoyer à un tableau"),
  label: gettext("Tableau visé"),
  none: gettext("Aucun tableau auquel renvoyer\u00a0: donnez d’abord un titre à un tableau."),
});
