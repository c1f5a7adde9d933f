// A button that copies the field beside it. Where the browser refuses, the field is selected, ready for Ctrl + C.

for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const label = button.querySelector("[data-copy-label]");
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      label.textContent = button.dataset.copied;
    } catch {
      field.focus();
    }
  });
}
