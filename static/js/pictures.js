// A picture whose file is gone or broken says so, where a browser would leave a hole or its text alone.

const gettext = window.gettext ?? ((text) => text);

const tellMissing = (picture) => {
  const notice = document.createElement("strong");
  notice.className = "missing-mention";
  const alternative = picture.alt.trim();
  notice.textContent = alternative
    ? `${gettext("Image absente")} – ${alternative}`
    : gettext("Image absente");
  picture.replaceWith(notice);
};

for (const picture of document.querySelectorAll(".prose img")) {
  if (picture.complete && picture.naturalWidth === 0) tellMissing(picture);
  else picture.addEventListener("error", () => tellMissing(picture));
}
