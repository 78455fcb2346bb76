export default function robots() {
  return { rules: { userAgent: "*", allow: "/" }, sitemap: "https://example.test/sitemap.xml" };
}
