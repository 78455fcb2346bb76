export default {
  // Both fixed, so that two builds of the same source print the same pages.
  generateBuildId: () => "parity",
  deploymentId: "parity",
  // Used by the Pages Router only.
  i18n: { locales: ["en", "fr"], defaultLocale: "en" },
};
