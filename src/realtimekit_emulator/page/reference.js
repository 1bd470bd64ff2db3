// The reference of an OpenAPI document: each operation with its parameters, its responses, and a form that sends it.

const MAX_DEPTH = 6;

function element(name, content = "", properties = {}) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...[content].flat());
  return made;
}

// A schema in words: its type, its values and its limits.
function inWords(schema, resolve) {
  const found = resolve(schema);
  // A schema may be `true`: anything.
  if (typeof found !== "object") return "any";
  const parts = found.anyOf ?? found.oneOf;
  if (parts) return parts.map((part) => inWords(part, resolve)).join(" or ");
  const words = [[found.type ?? "any"].flat().join(" or ")];
  if (found.type === "array") words[0] = `list of ${inWords(found.items, resolve)}`;
  if (found.enum) words.push(`one of ${found.enum.join(", ")}`);
  const limits = ["format", "minimum", "exclusiveMinimum", "maximum", "minLength", "maxLength", "pattern", "default"];
  for (const limit of limits) if (limit in found) words.push(`${limit} ${found[limit]}`);
  return words.join(", ");
}

// The fields of a schema, those of objects inside them too.
function fields(schema, resolve, depth = 0) {
  const found = resolve(schema);
  if (typeof found !== "object" || depth > MAX_DEPTH) return [];
  const inner = found.anyOf ?? found.allOf ?? (found.type === "array" ? [found.items] : []);
  const own = Object.entries(found.properties ?? {});
  if (!own.length) return inner.flatMap((part) => fields(part, resolve, depth + 1));
  const items = own.map(([name, node]) => {
    const field = resolve(node);
    const required = found.required?.includes(name) ? ", required" : "";
    const about = ` ${inWords(node, resolve)}${required}${field.description ? `: ${field.description}` : ""}`;
    return element("li", [element("code", name), about, ...fields(node, resolve, depth + 1)]);
  });
  return [element("ul", items)];
}

function field(label, about, control) {
  return element("label", [element("code", label), control, element("small", about)]);
}

function inputFor({ name, schema }, resolve, value) {
  const values = resolve(schema)?.enum;
  if (!values) return element("input", "", { name, value: value ?? "" });
  return element("select", ["", ...values].map((each) => new Option(each, each)), { name });
}

const quoted = (text) => `'${text.replaceAll("'", `'"'"'`)}'`;

// The form of an operation: what it sends, the same as a command, and the response.
function tryIt(method, path, sent, resolve, options) {
  const parameters = sent.parameters.filter(({ in: place }) => ["path", "query", "header"].includes(place));
  const inputs = parameters.map((parameter) => [parameter, inputFor(parameter, resolve, options.known[parameter.name])]);
  if (options.faults) {
    const prefer = { name: "Prefer", in: "header", description: "A fault for this request, such as code=429." };
    inputs.push([prefer, inputFor(prefer, resolve)]);
  }
  const body = sent.body && element("textarea", "", { value: sent.required ? "" : "{}" });
  const command = element("pre", "", { tabIndex: 0 });
  const result = element("pre", "", { tabIndex: 0 });
  const output = element("div", [command, result], { hidden: true });
  output.setAttribute("aria-live", "polite");

  const form = element("form", [
    ...inputs.map(([{ name, description, required, schema }, input]) => {
      input.required = Boolean(required);
      return field(name, [schema && inWords(schema, resolve), description].filter(Boolean).join(". "), input);
    }),
    ...(body ? [field("body", "JSON", body)] : []),
    element("button", "Send"),
  ]);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let target = `${options.base}${path}`;
    const query = new URLSearchParams();
    const headers = {};
    for (const [{ name, in: place }, { value }] of inputs) {
      if (place === "path") target = target.replace(`{${name}}`, encodeURIComponent(value));
      else if (value && place === "query") query.append(name, value);
      else if (value) headers[name] = value;
    }
    if (query.size) target += `?${query}`;
    if (body) headers["Content-Type"] = "application/json";
    const shown = Object.entries(headers).map(([name, value]) => ` -H ${quoted(`${name}: ${value}`)}`);
    command.textContent =
      `curl -X ${method} ${quoted(location.origin + target)} -H "Authorization: Bearer $${options.variable}"` +
      `${shown.join("")}${body ? ` -d ${quoted(body.value)}` : ""}`;
    output.hidden = false;
    try {
      const response = await fetch(target, {
        method,
        headers: { ...headers, Authorization: `Bearer ${options.token()}` },
        body: body?.value,
      });
      const text = await response.text();
      const head = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
      result.textContent = `${response.status} ${response.statusText}\n${head}\n\n${pretty(text)}`;
    } catch (error) {
      result.textContent = `No response: ${error.message}`;
    }
    await options.after();
  });
  return [form, output];
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export function reference(contract, options) {
  const resolve = (node) => {
    let found = node;
    // A reference may lead to another one.
    for (let step = 0; found?.$ref && step < MAX_DEPTH; step += 1) {
      const names = found.$ref.slice(2).split("/");
      found = names.reduce((at, name) => at[name.replaceAll("~1", "/").replaceAll("~0", "~")], contract);
    }
    return found;
  };
  const methods = ["get", "post", "put", "patch", "delete"];
  return Object.entries(contract.paths).flatMap(([path, node]) => {
    const item = resolve(node);
    return methods.filter((method) => method in item).map((method) => {
      const operation = item[method];
      const request = operation.requestBody && resolve(operation.requestBody);
      const sent = {
        parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolve),
        body: request?.content?.["application/json"],
        required: request?.required,
      };
      const responses = Object.entries(operation.responses ?? {}).map(([code, value]) => {
        const response = resolve(value);
        // The errors are alike; their fields would take the most room.
        const schema = code.startsWith("2") && response.content?.["application/json"]?.schema;
        return element("li", [element("code", code), ` ${response.description}`, ...(schema ? fields(schema, resolve) : [])]);
      });
      const heading = [element("code", `${method.toUpperCase()} ${path}`), ` ${operation.summary ?? ""}`];
      return element("details", [
        element("summary", heading),
        element("p", operation.description ?? ""),
        ...(sent.body ? [element("p", "The body:"), ...fields(sent.body.schema, resolve)] : []),
        ...tryIt(method.toUpperCase(), path, sent, resolve, options),
        element("details", [element("summary", "Responses"), element("ul", responses)]),
      ], { className: "operation" });
    });
  });
}
