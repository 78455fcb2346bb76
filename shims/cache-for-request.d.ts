export { cacheForRequest } from "vinext/shims/cache-for-request";
