import type { ReactNode } from "react";

export const metadata = { title: "parity" };

export default function MainLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
