import type { GetServerSideProps } from "next";
import Head from "next/head";
import Link from "next/link";
import { useRouter } from "next/router";
import { Lines } from "../../lib/lines";
import { pause } from "../../lib/pause";

type Props = { lines: string[]; id: string };

export const getServerSideProps: GetServerSideProps<Props> = async ({ req, res, query, locale, preview }) => {
  const lines: string[] = [];
  for (let step = 0; step < 3; step++) {
    const id = req.headers["x-request-id"] ?? "no-id";
    await pause(req.headers["x-delays"] as string, 2 + step);
    lines.push(
      `observation ${step}: header ${id}, cookie ${req.cookies.rid}, middleware ${req.headers["x-from-middleware"]}`,
    );
  }
  const id = String(query.rid ?? "no-id");
  res.setHeader("x-response-id", id);
  lines.push(`query ${id}, locale ${locale}, preview ${preview ?? false}`);
  return { props: { lines, id } };
};

export default function LegacySsr({ lines, id }: Props) {
  const router = useRouter();
  const { locale, locales, defaultLocale, pathname, asPath, query } = router;
  return (
    <main>
      <Head>
        <title>{`legacy ${id}`}</title>
        <meta name="rid" content={id} />
      </Head>
      <Head>
        <meta name="path" content={asPath} />
      </Head>
      <Lines
        lines={[...lines, `router ${JSON.stringify({ locale, locales, defaultLocale, pathname, asPath, query })}`]}
      />
      <Link href={`/legacy/isr/${id}`}>isr</Link>
      <Link href={`/legacy/isr/${id}`} locale="fr">
        isr in French
      </Link>
    </main>
  );
}
