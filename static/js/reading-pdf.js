// The PDF drawn page by page with PDF.js, loaded when somebody asks for it. Pages far from the eye are let go of: a
// tablet has little memory.

const NEAR = "150% 0px";
const SHARPEST = 2;

const frames = (count) =>
  Array.from({ length: count }, (_, index) => {
    const frame = document.createElement("div");
    frame.className = "reading__sheet";
    frame.id = `page-${index + 1}`;
    frame.dataset.number = String(index + 1);
    frame.setAttribute("role", "img");
    frame.setAttribute("aria-label", `Page ${index + 1} sur ${count}`);
    return frame;
  });

const draw = async (document_, frame) => {
  if (frame.firstChild || frame.dataset.busy) return;
  frame.dataset.busy = "yes";
  const page = await document_.getPage(Number(frame.dataset.number));
  const unscaled = page.getViewport({ scale: 1 });
  frame.style.aspectRatio = `${unscaled.width} / ${unscaled.height}`;
  const density = Math.min(window.devicePixelRatio || 1, SHARPEST);
  const viewport = page.getViewport({ scale: (frame.clientWidth / unscaled.width) * density });
  const canvas = document.createElement("canvas");
  canvas.width = Math.floor(viewport.width);
  canvas.height = Math.floor(viewport.height);
  await page.render({ canvas, viewport }).promise;
  frame.replaceChildren(canvas);
  delete frame.dataset.busy;
};

// Open the PDF of `section`; `tell` hears on which page one is.
export const open = async (section, tell) => {
  const state = section.querySelector("[data-pdf-state]");
  const sheets = section.querySelector("[data-pdf-pages]");
  const tools = section.querySelector("[data-pdf-tools]");
  const place = section.querySelector("[data-pdf-place]");
  let number = 1;
  let count = 1;

  const goTo = (page) => {
    number = Math.min(Math.max(page, 1), count);
    document.getElementById(`page-${number}`)?.scrollIntoView({ block: "start", behavior: "instant" });
  };
  const notice = () => {
    if (section.hidden) return;
    const middle = innerHeight / 2;
    const here = [...sheets.children].find((frame) => frame.getBoundingClientRect().bottom > middle);
    if (!here) return;
    number = Number(here.dataset.number);
    place.textContent = `${number} / ${count}`;
    tell(number);
  };

  try {
    const library = await import(section.dataset.library);
    library.GlobalWorkerOptions.workerSrc = section.dataset.worker;
    const document_ = await library.getDocument({
      url: section.dataset.pdf,
      enableXfa: false,
      isEvalSupported: false,
      useWasm: false,
      verbosity: 0,
    }).promise;
    count = document_.numPages;
    const first = (await document_.getPage(1)).getViewport({ scale: 1 });
    sheets.style.setProperty("--sheet", `${first.width} / ${first.height}`);
    const all = frames(count);
    sheets.replaceChildren(...all);
    const watch = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          if (isIntersecting) draw(document_, target);
          else if (!target.dataset.busy) target.replaceChildren();
        }
      },
      { rootMargin: NEAR },
    );
    for (const frame of all) watch.observe(frame);
    state.hidden = true;
    tools.hidden = false;
    let pending = 0;
    addEventListener("scroll", () => {
      pending ||= setTimeout(() => {
        pending = 0;
        notice();
      }, 200);
    }, { passive: true });
    for (const button of tools.querySelectorAll("[data-pdf-step]")) {
      button.addEventListener("click", () => goTo(number + Number(button.dataset.pdfStep)));
    }
  } catch {
    state.textContent = "Le PDF n’a pas pu être affiché ici. Téléchargez-le, ou lisez le texte.";
  }
  return { goTo, resume: notice };
};
