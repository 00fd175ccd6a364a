// Draws the first view as text: `node prerender.mjs < content.json`, where content has labels and days.

import { readFileSync } from "node:fs";
import { toHTML } from "./dom.js";
import { useLabels } from "./labels.js";
import { overview } from "./pages/overview.js";

const { labels, days } = JSON.parse(readFileSync(0, "utf-8"));
useLabels(labels);
process.stdout.write(toHTML(overview(days, days.last_day)));
