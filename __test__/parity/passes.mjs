import { Client } from "./client.mjs";
import { normalize, strangers } from "./normalize.mjs";
import { idsFrom, randomFrom } from "./random.mjs";
import { ONCE, SCENARIOS } from "./scenarios/index.mjs";

/**
 * @typedef {object} Conversation
 * @property {string} name of its scenario
 * @property {string} text its responses, normalized
 * @property {string[]} faults what is wrong whatever the others say
 */

/**
 * @typedef {object} Run a run of scenarios against one server
 * @property {() => Promise<Conversation[]>} sequential all scenarios, one after the other
 * @property {(count: number) => Promise<Conversation[]>} concurrent that many conversations at the same time, the scenarios in
 *   turn
 */

/**
 * @param {{ origin: string, mode: "production" | "development", seed: number, only?: string }} options `only` is a part of the names of scenarios
 * @returns {Run}
 */
export function runOn({ origin, mode, seed, only = "" }) {
  const nextId = idsFrom(seed);
  let started = 0;

  /**
   * @param {string} name
   * @param {(client: Client) => Promise<void>} scenario
   * @param {number} latest milliseconds after which the conversation starts at the latest
   * @returns {Promise<Conversation>}
   */
  async function converse(name, scenario, latest) {
    const random = randomFrom(seed, started++);
    const client = new Client({ origin, mode, id: nextId(), random });
    const faults = [];
    await new Promise((resolve) => setTimeout(resolve, random() * latest));
    try {
      await scenario(client);
    } catch (error) {
      faults.push(String(error));
    }
    faults.push(...strangers(client.responses, client.id));
    // Two servers that fail alike are not at parity: nothing was compared.
    for (const { label, status } of client.responses) if (status >= 500) faults.push(`${label}: status ${status}`);
    return { name, text: normalize(client.responses, client.id), faults };
  }

  const chosen = scenariosNamed(SCENARIOS, only);
  return {
    async sequential() {
      const conversations = [];
      for (const [name, scenario] of [...scenariosNamed(ONCE, only), ...chosen]) {
        conversations.push(await converse(name, scenario, 0));
      }
      return conversations;
    },
    concurrent: (count) => {
      const all = Array.from({ length: chosen.length === 0 ? 0 : count }, (_, n) => chosen[n % chosen.length]);
      return Promise.all(all.map(([name, scenario]) => converse(name, scenario, 20)));
    },
  };
}

/**
 * @param {typeof SCENARIOS} scenarios
 * @param {string} part
 */
const scenariosNamed = (scenarios, part) => Object.entries(scenarios).filter(([name]) => name.includes(part));

/** @returns {string[]} names of all scenarios */
export const scenarioNames = () => [...Object.keys(ONCE), ...Object.keys(SCENARIOS)];
