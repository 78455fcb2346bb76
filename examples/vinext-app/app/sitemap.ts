export default function sitemap() {
  return [{ url: "https://example.test/" }, { url: "https://example.test/isr" }];
}
