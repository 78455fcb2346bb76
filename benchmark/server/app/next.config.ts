export default {
  // Both fixed, so that two builds of the same source print the same pages.
  generateBuildId: () => "benchmark",
  deploymentId: "benchmark",
};
