// Tables: their titles, the scopes of their headers, and the identity that references name a titled table by. The server
// does the same for texts that reach it otherwise (dossier/tables.py). Loaded by the editor (see core/richtext.py).

import {
  Extension,
  Plugin,
  Table as BaseTable,
  TableHeader as BaseTableHeader,
  updateAttrsDialog,
} from "django-prose-editor/editor";

const gettext = window.gettext ?? ((text) => text);

const captionDialog = updateAttrsDialog(
  { caption: { type: "string", title: gettext("Titre du tableau") } },
  { title: gettext("Titre du tableau"), submitText: gettext("Enregistrer") },
);

const insertDialog = updateAttrsDialog(
  {
    caption: { type: "string", title: gettext("Titre du tableau") },
    rows: { type: "number", format: "number", title: gettext("Lignes, en-tête compris"), min: "2", max: "60" },
    columns: { type: "number", format: "number", title: gettext("Colonnes"), min: "1", max: "12" },
  },
  { title: gettext("Insérer un tableau"), submitText: gettext("Insérer") },
);

// ProseMirror counts the rows of a table by its children: the title cannot be one of them, so it is an attribute.
export const Table = BaseTable.extend({
  addAttributes() {
    return {
      ...this.parent?.(),
      caption: {
        default: "",
        rendered: false,
        parseHTML: (element) => element.querySelector(":scope > caption")?.textContent.trim() ?? "",
      },
      identity: {
        default: null,
        parseHTML: (element) => element.getAttribute("data-identity"),
        renderHTML: ({ identity }) => (identity ? { "data-identity": identity } : {}),
      },
    };
  },
  parseHTML() {
    return [{ tag: "table" }, { tag: "caption", ignore: true }];
  },
  renderHTML({ node, HTMLAttributes }) {
    const title = node.attrs.caption ? [["caption", node.attrs.caption]] : [];
    return ["table", HTMLAttributes, ...title, ["tbody", 0]];
  },
  addNodeView() {
    const build = this.parent();
    return (properties) => {
      const view = build(properties);
      const title = document.createElement("caption");
      title.contentEditable = "false";
      const write = (node) => {
        title.textContent = node.attrs.caption;
        title.hidden = !node.attrs.caption;
      };
      view.table.prepend(title);
      write(properties.node);
      const update = view.update;
      view.update = (node) => {
        const taken = update(node);
        if (taken) write(node);
        return taken;
      };
      return view;
    };
  },
  addCommands() {
    return {
      ...this.parent?.(),
      insertTableWithOptions:
        () =>
        ({ editor }) => {
          insertDialog(editor, { rows: "4", columns: "3" }).then((wanted) => {
            if (!wanted) return;
            editor
              .chain()
              .focus()
              .insertTable({
                rows: Number.parseInt(wanted.rows, 10) || 4,
                cols: Number.parseInt(wanted.columns, 10) || 3,
                withHeaderRow: true,
              })
              .updateAttributes("table", { caption: wanted.caption.trim() })
              .run();
          });
        },
    };
  },
  addMenuItems(storage) {
    this.parent?.(storage);
    const { buttons, menu } = storage;
    menu.defineItem({
      name: "table:caption",
      groups: "table",
      button: buttons.material("title", "table caption"),
      command(editor) {
        captionDialog(editor, { caption: editor.getAttributes("table").caption }).then((wanted) => {
          if (wanted) editor.chain().focus().updateAttributes("table", { caption: wanted.caption.trim() }).run();
        });
      },
      hidden: (editor) => !editor.isActive("table"),
    });
  },
});

export const TableHeader = BaseTableHeader.extend({
  addAttributes() {
    return {
      ...this.parent?.(),
      scope: {
        default: null,
        parseHTML: (element) => element.getAttribute("scope"),
        renderHTML: ({ scope }) => (scope ? { scope } : {}),
      },
    };
  },
});

// --- Identities ---------------------------------------------------------------------------------------------------

// Also where the page is not served over HTTPS, which crypto.randomUUID() insists on.
const newIdentity = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};

const titledTables = (doc) => {
  const found = [];
  doc.descendants((node, position) => {
    if (node.type.name === "table" && node.attrs.caption) found.push({ node, position });
    return !node.isTextblock;
  });
  return found;
};

// Of two tables under one identity the one that was there keeps it: the other is its copy.
const identify = (transactions, before, after) => {
  if (!transactions.some(({ docChanged }) => docChanged)) return null;
  const tables = titledTables(after.doc);
  const keepers = new Map();
  for (const { node, position } of titledTables(before.doc)) {
    const moved = transactions.reduce((place, { mapping }) => mapping.map(place), position);
    if (node.attrs.identity) keepers.set(node.attrs.identity, moved);
  }
  const isThere = ({ node, position }) => keepers.get(node.attrs.identity) === position;
  const given = new Set(tables.filter(isThere).map(({ node }) => node.attrs.identity));
  const change = after.tr;
  for (const table of tables) {
    const { identity } = table.node.attrs;
    if (isThere(table)) continue;
    if (identity && !given.has(identity)) given.add(identity);
    else change.setNodeAttribute(table.position, "identity", newIdentity());
  }
  return change.docChanged ? change.setMeta("addToHistory", false) : null;
};

export const TableIdentities = Extension.create({
  name: "tableIdentities",
  addProseMirrorPlugins() {
    return [new Plugin({ appendTransaction: identify })];
  },
});
