// Narrow a long list of rows while one types. The box that drives it stays hidden without this script.

const fold = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{Diacritic}/gu, "")
    .toLowerCase();

const narrow = (box) => {
  const rows = document.getElementById(box.dataset.filterList).querySelectorAll("tbody > tr");
  const words = fold(box.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const ticked = row.querySelector("input:checked") !== null;
    const text = fold(row.textContent);
    row.hidden = !ticked && !words.every((word) => text.includes(word));
    if (!row.hidden) shown += 1;
  }
  const count = box.parentElement.querySelector("[data-filter-count]");
  count.textContent = words.length ? `${shown} sur ${rows.length}` : "";
};

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-filter-list]")) narrow(event.target);
});

// Enter in the box means « search », not « send the form ».
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-filter-list]")) event.preventDefault();
});
