// The token that the server wants with whatever is sent to it. It changes when somebody signs in, in any tab: the
// cookie is newer than what the page was made with.

export const csrfToken = () =>
  document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ??
  document.querySelector("input[name=csrfmiddlewaretoken]")?.value ??
  "";

// Send a form's fields and say what came of it: "expired" where the server wants somebody to sign in first.
export const post = async (url, fields, options = {}) => {
  fields.set("csrfmiddlewaretoken", csrfToken());
  const response = await fetch(url, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "X-CSRFToken": csrfToken() },
    redirect: "manual",
    ...options,
  });
  const isJson = response.headers.get("content-type")?.includes("json");
  if (response.type === "opaqueredirect" || (response.status === 403 && !isJson)) return { outcome: "expired" };
  if (response.status === 400 || response.status === 413) return { outcome: "refused", answer: {} };
  const answer = isJson ? await response.json() : {};
  if (response.ok && isJson) return { outcome: "done", answer };
  return { outcome: response.status >= 500 ? "failed" : "refused", answer };
};
