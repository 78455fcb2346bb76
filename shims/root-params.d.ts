export {
  createRootParamsUsageController,
  getCurrentRootParams,
  getRootParam,
  pickRootParams,
  runWithRootParamsScope,
  runWithRootParamsUsage,
  setRootParams,
} from "vinext/shims/root-params";
