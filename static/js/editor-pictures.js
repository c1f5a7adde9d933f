// Pictures of the candidacy: chosen among those there are, uploaded by button, drag or paste, and described. The page
// brings the dialogs and the pictures that may be inserted (templates/dossier/_editor_extras.html).

import { Extension, Figure as BaseFigure, Plugin, updateAttrsDialog } from "django-prose-editor/editor";

const gettext = window.gettext ?? ((text) => text);

const pictures = JSON.parse(document.getElementById("editor-pictures")?.textContent ?? "[]");

const tell = (text) => {
  const told = document.getElementById("editor-told");
  if (told) told.textContent = text;
};

// --- The dialogs --------------------------------------------------------------------------------------------------

const forgetErrors = (dialog) => {
  dialog.querySelector("[data-trouble]").textContent = "";
  for (const told of dialog.querySelectorAll("[data-field-error]")) told.remove();
  for (const field of dialog.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.classList.remove("is-invalid");
  }
};

const showErrors = (dialog, errors) => {
  const form = dialog.querySelector("form");
  const general = [];
  for (const [name, found] of Object.entries(errors)) {
    const field = form.elements[name];
    const text = found.map(({ message }) => message).join(" ");
    if (!field || field.type === "hidden") {
      general.push(text);
      continue;
    }
    const told = document.createElement("p");
    told.className = "invalid-feedback d-block";
    told.id = `${field.id}_error`;
    told.dataset.fieldError = "";
    told.textContent = text;
    field.closest("div").append(told);
    field.classList.add("is-invalid");
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-errormessage", told.id);
  }
  dialog.querySelector("[data-trouble]").textContent = general.join(" ");
  form.querySelector("[aria-invalid]")?.focus();
};

const refusal = (status) => {
  if (status === 403) return gettext("Vous n’avez pas le droit de faire cela, ou votre session a expiré.");
  if (status === 413) return gettext("Cette image est trop lourde\u00a0: 25 Mo au plus.");
  return gettext("Le serveur n’a pas pu répondre\u00a0: réessayez dans un instant. Votre texte est resté dans la page.");
};

// Sends the form of a dialog; resolves with the answer, or with null once the trouble is told.
const send = async (dialog, address, signal) => {
  const trouble = dialog.querySelector("[data-trouble]");
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      body: new FormData(dialog.querySelector("form")),
      headers: { Accept: "application/json" },
      signal,
    });
  } catch {
    trouble.textContent = gettext(
      "La connexion est coupée\u00a0: rien n’est perdu, votre texte est resté dans la page. Réessayez dans un instant.",
    );
    return null;
  }
  const isTold = response.headers.get("Content-Type")?.includes("application/json");
  if (!isTold) {
    trouble.textContent = refusal(response.redirected ? 403 : response.status);
    return null;
  }
  const answer = await response.json();
  if (response.ok) return answer.picture;
  if (answer.picture) dialog.querySelector("form").elements.seen.value = answer.picture.seen;
  showErrors(dialog, answer.errors);
  return null;
};

// Opens a dialog of the page. Resolves with the picture as the server took it, or with null when nothing was done.
const ask = (dialog, address, fill, refuse = () => "") =>
  new Promise((resolve) => {
    const form = dialog.querySelector("form");
    const button = form.querySelector("[type=submit]");
    const leaving = new AbortController();
    let taken = null;
    form.reset();
    forgetErrors(dialog);
    fill(form);
    form.addEventListener(
      "submit",
      async (event) => {
        event.preventDefault();
        if (form.ariaBusy === "true") return;
        forgetErrors(dialog);
        const reason = refuse(form);
        if (reason) {
          dialog.querySelector("[data-trouble]").textContent = reason;
          return;
        }
        form.ariaBusy = "true";
        button.dataset.label ??= button.textContent;
        button.textContent = gettext("Envoi en cours…");
        taken = await send(dialog, address, leaving.signal);
        form.ariaBusy = "false";
        button.textContent = button.dataset.label;
        if (taken) dialog.close();
      },
      { signal: leaving.signal },
    );
    dialog.querySelector("[data-closes-dialog]").addEventListener("click", () => dialog.close(), {
      signal: leaving.signal,
    });
    dialog.addEventListener(
      "close",
      () => {
        leaving.abort();
        resolve(taken);
      },
      { once: true },
    );
    dialog.showModal();
  });

// --- Inserting and describing -------------------------------------------------------------------------------------

const insert = (editor, { url, alternative_text: alt, caption }) => {
  const content = [{ type: "image", attrs: { src: url, alt } }];
  content.push({ type: "caption", content: caption ? [{ type: "text", text: caption }] : [] });
  editor.chain().focus().insertContent({ type: "figure", content }).run();
};

const upload = async (editor, file = null) => {
  const dialog = document.getElementById("picture-upload");
  const { address, maxBytes } = dialog.dataset;
  const fill = (form) => {
    // The same picture sent twice, for want of an answer, is taken once.
    form.elements.public_id.value = globalThis.crypto?.randomUUID?.() ?? "";
    if (!file) return;
    const carried = new DataTransfer();
    carried.items.add(file);
    form.elements.file.files = carried.files;
  };
  const refuse = (form) =>
    form.elements.file.files[0]?.size > Number(maxBytes) ? gettext("Cette image est trop lourde\u00a0: 25 Mo au plus.") : "";
  const picture = await ask(dialog, address, fill, refuse);
  if (!picture) return false;
  pictures.push(picture);
  insert(editor, picture);
  tell(gettext("L’image est déposée et insérée dans le texte."));
  return true;
};

const uploadAll = async (editor, files) => {
  for (const file of files) {
    if (!(await upload(editor, file))) return;
  }
};

const FIELDS = ["alternative_text", "caption", "credit", "rights", "seen"];

const describe = async (editor, source) => {
  const known = pictures.find(({ url }) => url === source);
  if (!known?.sheet) {
    tell(gettext("Cette image est décrite par l’équipe de la candidature."));
    return;
  }
  const picture = await ask(document.getElementById("picture-sheet"), known.sheet, (form) => {
    for (const name of FIELDS) form.elements[name].value = known[name];
    form.elements.is_decorative.checked = known.is_decorative;
  });
  if (!picture) return;
  Object.assign(known, picture);
  const { state, view } = editor;
  const change = state.tr;
  state.doc.descendants((node, position) => {
    if (node.type.name === "image" && node.attrs.src === source) {
      change.setNodeAttribute(position, "alt", picture.alternative_text);
    }
  });
  view.dispatch(change);
  tell(gettext("La description de l’image est enregistrée."));
};

const selectedSource = ({ selection }) => {
  const selected = selection.node;
  if (selected?.type.name === "image") return selected.attrs.src;
  if (selected?.type.name === "figure") return selected.firstChild.attrs.src;
  const { $from } = selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const node = $from.node(depth);
    if (node.type.name === "figure") return node.firstChild.attrs.src;
  }
  return null;
};

const choose = (editor) => {
  const titles = pictures.map(
    ({ caption, alternative_text: alt }, index) => `${index + 1}. ${caption || alt || gettext("image décorative")}`,
  );
  const dialog = updateAttrsDialog(
    { picture: { title: gettext("Image de la candidature"), enum: titles } },
    { title: gettext("Insérer une image"), submitText: gettext("Insérer") },
  );
  dialog(editor, { picture: titles[0] }).then((wanted) => {
    if (wanted) insert(editor, pictures[titles.indexOf(wanted.picture)]);
  });
};

export const Figure = BaseFigure.extend({
  addCommands() {
    return {
      ...this.parent?.(),
      insertFigure:
        () =>
        ({ editor, state, dispatch }) => {
          const source = selectedSource(state);
          if (!dispatch) return Boolean(source) || pictures.length > 0;
          if (source) describe(editor, source);
          else choose(editor);
          return true;
        },
    };
  },
});

// --- Uploading by button, drag and paste --------------------------------------------------------------------------

const imagesOf = (transfer) => [...(transfer?.files ?? [])].filter(({ type }) => type.startsWith("image/"));

// Word adds a picture of the text to the text that it copies.
const hasWords = (transfer) =>
  /\S/.test(transfer.getData("text/html").replace(/<!--[\s\S]*?-->|<style[\s\S]*?<\/style>|<[^>]*>|&nbsp;/gi, ""));

export const PictureUpload = Extension.create({
  name: "pictureUpload",
  addMenuItems({ buttons, menu }) {
    if (!document.getElementById("picture-upload")) return;
    menu.defineItem({
      name: "pictureUpload",
      groups: "nodes",
      button: buttons.material("add_photo_alternate", "upload a picture"),
      option: null,
      command: (editor) => upload(editor),
    });
  },
  addProseMirrorPlugins() {
    const { editor } = this;
    if (!document.getElementById("picture-upload")) return [];
    return [
      new Plugin({
        props: {
          handlePaste(_view, { clipboardData }) {
            const images = imagesOf(clipboardData);
            if (!images.length || hasWords(clipboardData)) return false;
            uploadAll(editor, images);
            return true;
          },
          handleDrop(view, event, _slice, isMoved) {
            if (isMoved || !event.dataTransfer?.files.length) return false;
            event.preventDefault();
            const images = imagesOf(event.dataTransfer);
            if (!images.length) {
              tell(gettext("Seules des images JPEG, PNG ou WebP se déposent dans le texte."));
              return true;
            }
            const place = view.posAtCoords({ left: event.clientX, top: event.clientY });
            if (place) editor.commands.setTextSelection(place.pos);
            uploadAll(editor, images);
            return true;
          },
        },
      }),
    ];
  },
});
