import type { ReactNode } from "react";

type Props = { children: ReactNode; params: Promise<{ lang: string }> };

// A root layout below a parameter makes that parameter a root parameter.
export default async function LanguageLayout({ children, params }: Props) {
  const { lang } = await params;
  return (
    <html lang={lang}>
      <body>{children}</body>
    </html>
  );
}
