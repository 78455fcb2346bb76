// Written by `npm run vinext -- VERSION`, which compares a release with onescope's modules: docs/how-to/vinext-release.md.

/**
 * By version of vinext, the fingerprints of its state modules that onescope's replace, by name as in modules.js.
 *
 * @type {Record<string, Record<string, string>>}
 */
export const KNOWN_VERSIONS = {
  "1.4.0": {
    "cache-for-request": "vExV1VqPN9_Pgv0dp7lCnL_OZafUCQym7lXLSmh7MG8",
    "cache-request-state": "xy-xOvZ_iG0QelNKFwq4MK0tY_B5UgLU5uywazsPaOs",
    "fetch-cache-state": "W3sjC5m9NdAEyv201dDAgXYOzMN76gOoy35QSBpTMvA",
    "head-state": "uVqBXocFjmBm2ln87urgxhUBJhxWs0bJX6Q-eHLj50o",
    headers: "ZdefV31BZvecCahE-gMP7ScMbJ0oywKi2TRfGceMHYc",
    "i18n-state": "_iXkRx38UjCtprUSzx9T03JPv0BykMoaER24KsHEd5E",
    "internal/headers-state": "fDG8nkLltm0BvcJ9-qKXEneL4vhPqebmpVDsKiiCJgk",
    "navigation-state": "E27GEVBoK0caITFBx3R_mRhNgdEvT7F8gf8B9fqerx8",
    "request-context": "hJL4wrvvj02Jnsl9v3jpbV41YaWkliJAM-0ggjQ6z9A",
    "root-params": "hoTNpnEZ4V_byHMmpVoZQw26KEEzqCYeRS5M2LsTq0M",
    "router-state": "Y94jWifWLrHPqLplRQuZV9KfwUPOGGboZzUGmV5bUkU",
  },
};
