// allauth only logs what goes wrong with a security key; the person needs to read it.

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const region = document.getElementById("messages");
  const notice = document.createElement("p");
  notice.className = "notice notice--bad";
  notice.textContent =
    event.detail.exception?.name === "NotAllowedError"
      ? "L’opération a été annulée, ou aucune clé n’a répondu à temps. Recommencez."
      : "La clé n’a pas pu être utilisée sur cet appareil. Essayez une autre clé ou un autre moyen de connexion.";
  region.replaceChildren(notice);
});
