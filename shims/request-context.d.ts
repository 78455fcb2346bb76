export { getRequestExecutionContext, runWithExecutionContext } from "vinext/shims/request-context";
