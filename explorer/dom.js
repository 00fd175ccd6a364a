// Elements as plain objects: drawn as text when the site is built, and as nodes in the browser. Text is always text: no page writes HTML.

const VOID = new Set(["input", "br", "hr", "img", "meta", "link", "col"]);
const SVG = "http://www.w3.org/2000/svg";
const IN_SVG = new Set(["svg", "g", "rect", "text", "title", "path", "line", "circle"]);
const ADDRESS = /^(#|https?:\/\/|\.\/|data\/|views\/|charts\/|blob:)/;

// h("a", { href: "#/" }, "text", [more]) -> an element; null, undefined and false are left out.
export function h(tag, attributes, ...children) {
  return { tag, attributes: attributes ?? {}, children: children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false) };
}

// An address of another kind (javascript:, data:) out of the data is no link.
function stated(node) {
  return Object.entries(node.attributes).filter(
    ([name, value]) => value !== null && value !== undefined && value !== false && typeof value !== "function" && (name !== "href" || ADDRESS.test(value)),
  );
}

const escaped = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

export function toHTML(node) {
  if (typeof node !== "object") return escaped(node);
  const attributes = stated(node).map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escaped(value)}"`));
  return `<${node.tag}${attributes.join("")}>${VOID.has(node.tag) ? "" : `${node.children.map(toHTML).join("")}</${node.tag}>`}`;
}

export function toDOM(node, inSvg = false) {
  if (typeof node !== "object") return document.createTextNode(String(node));
  inSvg = node.tag === "svg" || (inSvg && IN_SVG.has(node.tag));
  const made = inSvg ? document.createElementNS(SVG, node.tag) : document.createElement(node.tag);
  for (const [name, value] of stated(node)) made.setAttribute(name, value === true ? "" : value);
  for (const [name, value] of Object.entries(node.attributes)) if (typeof value === "function") made.addEventListener(name.slice(2), value);
  made.append(...node.children.map((child) => toDOM(child, inSvg)));
  return made;
}

// Put nodes in the place of what an element holds.
export function fill(element, ...nodes) {
  element.replaceChildren(...nodes.flat(Infinity).filter((node) => node !== null && node !== undefined && node !== false).map((node) => toDOM(node)));
}
