// The words of the site, from labels.json, which the build puts into the page.

export const L = {};

export const useLabels = (labels) => Object.assign(L, labels);

// say("{n} sources", { n: 3 }) -> "3 sources"
export const say = (label, values) => label.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
