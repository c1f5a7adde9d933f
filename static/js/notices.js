// A failed part says so, where a page tells what the last action answered. Returns whether there is such a place.

export const complain = (...told) => {
  const region = document.getElementById("messages");
  if (!region) return false;
  const notice = document.createElement("p");
  notice.className = "notice notice--bad";
  const words = document.createElement("span");
  words.append(...told);
  notice.append(words);
  // What asks again every second complains once.
  if (region.textContent === notice.textContent) return true;
  region.replaceChildren(notice);
  // Not while somebody writes a text: what asks by itself must not take the page away under their hands.
  if (!document.activeElement?.isContentEditable) region.scrollIntoView({ block: "nearest" });
  return true;
};
