// A signature drawn with a finger, a pen or the mouse, kept as the moves and lines of an SVG path.

const canvas = document.querySelector("[data-signature]");
const field = document.getElementById(canvas.dataset.signature);
const LONGEST = 19_000;
const pen = canvas.getContext("2d");
pen.lineWidth = 3;
pen.lineCap = "round";
pen.lineJoin = "round";
pen.strokeStyle = getComputedStyle(canvas).color;

let last = null;

const pointOf = (event) => {
  const box = canvas.getBoundingClientRect();
  const within = (value, most) => Math.max(0, Math.min(most - 1, Math.round(value)));
  return {
    x: within(((event.clientX - box.left) * canvas.width) / box.width, canvas.width),
    y: within(((event.clientY - box.top) * canvas.height) / box.height, canvas.height),
  };
};

const note = (sign, { x, y }) => {
  const move = `${sign}${x} ${y}`;
  if (field.value.length + move.length + 1 > LONGEST) return;
  field.value = field.value ? `${field.value} ${move}` : move;
};

const drawTo = (point) => {
  pen.beginPath();
  pen.moveTo(last.x, last.y);
  pen.lineTo(point.x, point.y);
  pen.stroke();
  note("L", point);
  last = point;
};

canvas.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  last = pointOf(event);
  note("M", last);
  drawTo({ x: Math.min(last.x + 1, canvas.width - 1), y: last.y }); // a dot is a short line
});
canvas.addEventListener("pointermove", (event) => {
  if (!last) return;
  const point = pointOf(event);
  if (Math.hypot(point.x - last.x, point.y - last.y) >= 2) drawTo(point);
});
for (const end of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(end, () => {
    last = null;
  });
}

document.querySelector("[data-clears-signature]").addEventListener("click", () => {
  pen.clearRect(0, 0, canvas.width, canvas.height);
  field.value = "";
});
