// Ready sentences of the minutes: a button puts its own where the writer is, as a paragraph when nothing is written there.

const area = document.querySelector("#minutes-text textarea");

const insert = (words) => {
  const editor = area.richEditor;
  if (editor) {
    const { $from } = editor.state.selection;
    const follows = $from.parentOffset > 0 && !/\s$/.test($from.parent.textBetween(0, $from.parentOffset));
    // A node, not markup: a name with a sign of HTML in it stays a name.
    editor.chain().focus().insertContent({ type: "text", text: follows ? ` ${words}` : words }).run();
    return;
  }
  area.setRangeText(words, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  area.focus();
};

// htmx may bring these buttons anew.
document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-inserts]");
  if (button) insert(button.dataset.inserts);
});
