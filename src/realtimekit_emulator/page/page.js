// The emulator's page. What it shows it asks the control endpoints for; the reference comes from the two documents.

import { reference } from "/_emulator/reference.js";

const $ = (id) => document.getElementById(id);
const DEFAULT_STATUSES = [429, 500, 502, 503, 520];
const NAMES = {
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  520: "Unknown Error, as HTML",
};
const state = { page: 1, environment: {}, seed: 0 };

// The token comes behind the # of the address, which no server sees, and stays in this tab.
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  sessionStorage.setItem("token", given);
  history.replaceState(null, "", location.pathname);
}
const token = () => sessionStorage.getItem("token");

class Refused extends Error {}

async function control(method, path, body) {
  const headers = { Authorization: `Bearer ${token()}`, ...(body && { "Content-Type": "application/json" }) };
  const response = await fetch(`/_emulator/${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (response.ok) return response.status === 204 ? null : response.json();
  const { errors } = await response.json();
  const text = errors.map(({ message, source }) => [source?.pointer, message].filter(Boolean).join(": ")).join("; ");
  throw response.status === 401 ? new Refused(text) : new Error(text);
}

function show(text, isBad = false) {
  $("message").textContent = text;
  $("message").className = isBad ? "bad" : "";
}

// Do something and say that it is done, or what is wrong.
async function attempt(what, done = "") {
  try {
    await what();
    show(done);
  } catch (error) {
    show(error.message, true);
    if (error instanceof Refused) signIn();
  }
}

function signIn() {
  $("page").hidden = true;
  $("sign-in").hidden = false;
}

function cell(text, kind) {
  const made = document.createElement("td");
  made.append(text);
  if (kind) made.className = kind;
  return made;
}

function rows(id, cells) {
  $(id).replaceChildren(
    ...cells.map((each) => {
      const row = document.createElement("tr");
      row.append(...each);
      return row;
    }),
  );
}

function details(title, value) {
  const made = document.createElement("details");
  const summary = document.createElement("summary");
  const text = document.createElement("pre");
  summary.textContent = title;
  text.textContent = JSON.stringify(value, null, 2);
  made.append(summary, text);
  return made;
}

async function showEnvironment() {
  state.environment = await control("GET", "environment");
  const quoted = (value) => (/^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'"'"'`)}'`);
  const lines = Object.entries(state.environment).map(([name, value]) => `export ${name}=${quoted(value)}`);
  $("exports").textContent = lines.join("\n");
}

async function showApps() {
  const { data } = await control("GET", "apps");
  rows("app-rows", data.map(({ id, account_id, meetings }) => [cell(id), cell(account_id), cell(String(meetings))]));
  const select = $("filters").elements.app_id;
  const chosen = select.value;
  select.replaceChildren(...data.map(({ id }) => new Option(id, id, false, id === chosen)));
}

async function showMeetings() {
  const values = Object.fromEntries(new FormData($("filters")));
  for (const name of ["start_time", "end_time"]) if (values[name]) values[name] = new Date(values[name]).toISOString();
  const query = Object.entries({ ...values, page_no: state.page }).filter(([, value]) => value !== "");
  const { data, paging } = await control("GET", `meetings?${new URLSearchParams(query)}`);
  rows(
    "meeting-rows",
    data.map((meeting) => [
      cell(meeting.created_at),
      cell(details(meeting.title ?? "(no title)", meeting), "text"),
      cell(meeting.status ?? ""),
      cell(meeting.id),
    ]),
  );
  const { start_offset, end_offset, total_count } = paging;
  $("position").textContent = data.length ? `${start_offset} to ${end_offset} of ${total_count}` : "none";
  $("previous").disabled = state.page === 1;
  $("next").disabled = end_offset >= total_count || !data.length;
}

async function showSettings() {
  const { failures, latency, rate_limit, max_per_page } = await control("GET", "settings");
  const form = $("settings").elements;
  const statuses = [...new Set([...DEFAULT_STATUSES, ...(failures?.statuses ?? [])])].sort();
  $("statuses").replaceChildren(
    ...statuses.map((status) => {
      const label = document.createElement("label");
      const box = document.createElement("input");
      Object.assign(box, { type: "checkbox", name: "status", value: status });
      box.setAttribute("role", "switch");
      box.checked = failures?.statuses.includes(status) ?? false;
      label.append(box, ` ${status} ${NAMES[status] ?? ""}`);
      return label;
    }),
  );
  state.seed = failures?.random_seed ?? 0;
  if (failures) form.percent.value = Number((failures.share * 100).toFixed(6));
  form.slow.checked = latency > 0;
  if (latency > 0) form.latency.value = latency;
  form.limited.checked = rate_limit !== null;
  if (rate_limit) Object.assign(form.requests, { value: rate_limit.requests });
  if (rate_limit) Object.assign(form.seconds, { value: rate_limit.seconds });
  form.clamped.checked = max_per_page !== null;
  if (max_per_page) form.max_per_page.value = max_per_page;
}

async function changeSettings() {
  const form = $("settings").elements;
  const statuses = new FormData($("settings")).getAll("status").map(Number);
  const share = Number(form.percent.value) / 100;
  await control("PATCH", "settings", {
    failures: statuses.length ? { share, statuses, random_seed: state.seed } : null,
    latency: form.slow.checked ? Number(form.latency.value) : 0,
    rate_limit: form.limited.checked
      ? { requests: Number(form.requests.value), seconds: Number(form.seconds.value) }
      : null,
    max_per_page: form.clamped.checked ? Number(form.max_per_page.value) : null,
  });
}

async function showFaults() {
  const { data } = await control("GET", "faults");
  const names = data.map(({ status, cut_after }) => (cut_after === -1 ? "dropped" : status));
  $("waiting").textContent = names.length ? `Waiting: ${names.slice(0, 20).join(", ")}${names[20] ? ", …" : ""}` : "";
  $("drop-faults").disabled = !names.length;
}

async function showRequests() {
  const { data } = await control("GET", "requests?last=100");
  rows(
    "request-rows",
    data.reverse().map((request) => {
      const { time, status, method, path, query_string } = request;
      const line = `${method} ${path}${query_string && `?${query_string}`}`;
      return [cell(time.slice(11, 23)), cell(String(status ?? "")), cell(details(line, request.headers), "text")];
    }),
  );
}

async function showAll() {
  await showEnvironment();
  await showApps();
  await Promise.all([showMeetings(), showSettings(), showFaults(), showRequests()]);
}

async function open() {
  if (!token()) return signIn();
  await attempt(async () => {
    await showAll();
    const base = new URL(state.environment.CLOUDFLARE_BASE_URL).pathname.replace(/\/$/, "");
    const known = { account_id: state.environment.CLOUDFLARE_ACCOUNT_ID, app_id: state.environment.REALTIMEKIT_APP_ID };
    const [contract, own] = await Promise.all(
      ["contract", "openapi"].map(async (name) => (await fetch(`/_emulator/${name}.json`)).json()),
    );
    const after = () => attempt(async () => Promise.all([showApps(), showSettings(), showFaults(), showRequests()]));
    const apiToken = () => state.environment.CLOUDFLARE_API_TOKEN;
    const api = { base, token: apiToken, variable: "CLOUDFLARE_API_TOKEN", known, after, faults: true };
    const operations = reference(contract, api);
    if (operations.length === 1) operations[0].open = true;
    $("api-operations").replaceChildren(...operations);
    $("control-operations").replaceChildren(
      ...reference(own, { base: "/_emulator", token, variable: "REALTIMEKIT_EMULATOR_TOKEN", known: {}, after }),
    );
    $("sign-in").hidden = true;
    $("page").hidden = false;
  });
}

function onSubmit(id, handle, done) {
  $(id).addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => handle(Object.fromEntries(new FormData(event.target)), event.target), done);
  });
}

function onClick(id, handle, done) {
  $(id).addEventListener("click", () => attempt(handle, done));
}

const afterMeetings = async () => {
  await showApps();
  await showMeetings();
};

$("sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("token", new FormData(event.target).get("token").trim());
  event.target.reset();
  open();
});
onClick("copy", () => navigator.clipboard.writeText($("exports").textContent), "Copied.");
onClick("refresh", showAll, "This is how it is now.");
onClick("reset", async () => {
  if (!confirm("Remove all meetings, added apps and tokens, faults and requests?")) return;
  await control("POST", "reset");
  state.page = 1;
  await showAll();
});
onSubmit("add-app", async (values, form) => {
  await control("POST", "apps", Object.fromEntries(Object.entries(values).filter(([, value]) => value)));
  form.reset();
  await showApps();
}, "The app is added.");
async function filter() {
  state.page = 1;
  await showMeetings();
}
onSubmit("filters", filter);
$("filters").addEventListener("change", () => attempt(filter));
for (const [id, step] of [["previous", -1], ["next", 1]]) {
  onClick(id, async () => {
    state.page += step;
    await showMeetings();
  });
}
const chosenApp = () => $("filters").elements.app_id.value;
onSubmit("add-meeting", async (values, form) => {
  await control("POST", "meetings", { app_id: chosenApp(), meetings: [values] });
  form.reset();
  await afterMeetings();
}, "The meeting is added.");
onSubmit("make-up", async ({ meetings }) => {
  await control("POST", "meetings", { app_id: chosenApp(), meetings: Number(meetings) });
  await afterMeetings();
}, "The meetings are added.");
$("settings").addEventListener("change", () => {
  if ($("settings").reportValidity()) attempt(changeSettings, "It is so from the next request on.");
});
onSubmit("settings", changeSettings, "It is so from the next request on.");
onSubmit("fail-next", async ({ status, times, retry_after, disconnect }) => {
  await control("POST", "faults", {
    status: Number(status),
    times: Number(times),
    retry_after: retry_after ? Number(retry_after) : null,
    disconnect: disconnect === "on",
  });
  await showFaults();
}, "The next requests fail.");
onClick("drop-faults", async () => {
  await control("DELETE", "faults");
  await showFaults();
});
onClick("forget", async () => {
  await control("DELETE", "requests");
  await showRequests();
});
open();
