import { declarationOf, findAll } from "./syntax.js";

/** @import { Node } from "./syntax.js" */

/**
 * The objects that a configuration file exports, through variables, functions and calls such as `defineConfig({…})` or
 * `withPlugin(config)`.
 *
 * @param {Node} program
 * @returns {Node[] | undefined} ObjectExpressions; `undefined` if one of them is not in the file as such, or may be another
 */
export function configObjects(program) {
  const exported = exportedValue(program);
  return exported === undefined ? undefined : resolve(program, exported, new Set());
}

/** Variables that hold the configuration for sure. */
const CONFIG = /^(?:next|nitro)?config$/i;

/** Functions that return the configuration which they get. Others may get options, and return something else. */
const WRAPPER = /^(?:define|with)(?![a-z])|[cC]onfig$/;

/** @param {Node} program */
function exportedValue(program) {
  for (const node of program.body) {
    if (node.type === "ExportDefaultDeclaration") return node.declaration;
    const { left, right } = node.expression ?? {};
    if (node.expression?.type !== "AssignmentExpression" || left.type !== "MemberExpression") continue;
    if (left.object.name === "module" && left.property.name === "exports") return right;
  }
  return undefined;
}

/**
 * @param {Node} program
 * @param {Node} node
 * @param {Set<Node>} seen
 * @returns {Node[] | undefined}
 */
function resolve(program, node, seen) {
  if (seen.has(node)) return undefined;
  seen.add(node);
  const all = (/** @type {Node[]} */ nodes) => {
    const found = nodes.map((each) => resolve(program, each, seen));
    return found.length === 0 || found.includes(undefined)
      ? undefined
      : [...new Set(/** @type {Node[][]} */ (found).flat())];
  };
  switch (node.type) {
    case "ObjectExpression":
      return [node];
    case "ParenthesizedExpression":
      return resolve(program, node.expression, seen);
    case "AwaitExpression":
      return resolve(program, node.argument, seen);
    case "ConditionalExpression":
      return all([node.consequent, node.alternate]);
    case "Identifier": {
      const declared = declarationOf(program, node.name);
      return declared === undefined || isAssignedTo(program, node.name) ? undefined : resolve(program, declared, seen);
    }
    case "ArrowFunctionExpression":
    case "FunctionExpression":
    case "FunctionDeclaration":
      return node.body.type === "BlockStatement" ? all(returnedBy(node.body)) : resolve(program, node.body, seen);
    case "CallExpression": {
      // `withPlugin(config)`, `withPlugin(options)(config)`, `compose(plugins, config)`
      /** @type {Node[]} */
      const candidates = node.arguments.filter((/** @type {Node} */ each) => mayBeConfig(program, each));
      const { type, name: callee, property } = node.callee;
      const isWrapper = type === "CallExpression" || WRAPPER.test(callee ?? property?.name ?? "");
      const named = candidates.filter(({ name }) => isWrapper && CONFIG.test(name));
      const [config, ...others] = named.length > 0 ? named : candidates;
      // Which of two is the configuration, only the function knows.
      if (config === undefined || others.length > 0) return undefined;
      return config.type === "ObjectExpression" && !isWrapper ? undefined : resolve(program, config, seen);
    }
    default:
      return undefined;
  }
}

/**
 * @param {Node} program
 * @param {Node} argument
 * @returns {boolean} `false` of what is no object for sure
 */
function mayBeConfig(program, argument) {
  const node = argument.type === "Identifier" ? (declarationOf(program, argument.name) ?? argument) : argument;
  return !["ArrayExpression", "Literal", "TemplateLiteral"].includes(node.type);
}

/**
 * @param {Node} program
 * @param {string} variable
 * @returns {boolean} whether a statement sets a member of it, as `variable.member = …` or `Object.assign(variable, …)`
 */
function isAssignedTo(program, variable) {
  return (
    findAll(program, ({ type, left, callee, arguments: given }) => {
      if (type === "AssignmentExpression") return left.type === "MemberExpression" && left.object.name === variable;
      return type === "CallExpression" && callee.object?.name === "Object" && given[0]?.name === variable;
    }).length > 0
  );
}

/**
 * @param {Node} body of a function
 * @returns {Node[]} what it returns, not what functions in it return
 */
function returnedBy(body) {
  const inner = findAll(body, ({ type }) => /Function/.test(type));
  return findAll(body, ({ type, argument }) => type === "ReturnStatement" && argument !== null)
    .filter(({ start, end }) => !inner.some((each) => each.start <= start && end <= each.end))
    .map(({ argument }) => argument);
}
