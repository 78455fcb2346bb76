export function GET() {
  return new Response(globalThis.onescopeTest.label());
}
