// The token that the server wants with whatever is sent to it. It changes when somebody signs in, in any tab: the
// cookie is newer than what the page was made with.

const tokenOfCookie = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1];

export const csrfToken = () =>
  tokenOfCookie() ?? document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

// Whether an answer says that nobody is signed in any more: a browser that lost its cookies lost the token with them,
// which the server looks for first.
export const isSignedOut = (status) => status === 401 || (status === 403 && !tokenOfCookie());

// Send a form's fields and say what came of it: "expired" where the server wants somebody to sign in first, "gone" and
// "forbidden" where what they are sent to is out of the person's reach, and stays so however often they are sent.
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
  if (response.type === "opaqueredirect" || isSignedOut(response.status)) return { outcome: "expired" };
  if (response.status === 404) return { outcome: "gone" };
  if (response.status === 403) return { outcome: "forbidden" };
  if (response.status === 400 || response.status === 413) return { outcome: "refused", answer: {} };
  const answer = isJson ? await response.json() : {};
  if (response.ok && isJson) return { outcome: "done", answer };
  return { outcome: response.status >= 500 ? "failed" : "refused", answer };
};
