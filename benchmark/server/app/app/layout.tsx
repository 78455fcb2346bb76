import type { ReactNode } from "react";

export const metadata = { title: "benchmark" };

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>
        <nav>
          <a href="/dynamic">dynamic</a> <a href="/stream">stream</a> <a href="/isr">isr</a> <a href="/form">form</a>
        </nav>
        {children}
      </body>
    </html>
  );
}
