import type { GetStaticPaths, GetStaticProps } from "next";
import Head from "next/head";
import Link from "next/link";
import { useRouter } from "next/router";
import { Lines } from "../../../lib/lines";
import { count } from "../../../lib/memory";
import { pause } from "../../../lib/pause";

type Props = { key: string; line: string };

export const getStaticPaths: GetStaticPaths = () => ({
  paths: [{ params: { key: "built" }, locale: "en" }],
  fallback: "blocking",
});

// Long: what changes a page is a call of res.revalidate, not time.
export const getStaticProps: GetStaticProps<Props> = async ({ params, locale }) => {
  const key = String(params?.key);
  await pause(null, 0);
  return { props: { key, line: `${locale} ${key}: made ${count(`legacy ${locale} ${key}`)}` }, revalidate: 3600 };
};

export default function LegacyIsr({ line }: Props) {
  const { locale, asPath, query } = useRouter();
  return (
    <main>
      <Head>
        <title>{line}</title>
      </Head>
      <Lines lines={[line, `router ${locale} ${asPath} ${query.key}`]} />
      <Link href="/legacy/ssr">ssr</Link>
    </main>
  );
}
