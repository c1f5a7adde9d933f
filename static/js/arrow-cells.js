// Arrow keys walk the links of a table from cell to cell; Tab goes on as everywhere.

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

document.addEventListener("keydown", (event) => {
  const step = STEPS[event.key];
  const cell = event.target.closest("[data-arrow-cells] :is(th, td)");
  if (!step || !cell || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const rows = [...cell.closest("table").rows];
  const links = [...cell.querySelectorAll("a")];
  const beside = links[links.indexOf(event.target) + step[0]];
  const row = rows[rows.indexOf(cell.parentElement) + step[0]];
  const there = row?.cells[cell.cellIndex + step[1]]?.querySelectorAll("a") ?? [];
  const next = (step[0] && beside) || there[step[0] < 0 ? there.length - 1 : 0];
  if (!next) return;
  event.preventDefault();
  next.focus();
});
