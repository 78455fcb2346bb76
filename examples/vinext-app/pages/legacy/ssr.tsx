import type { GetServerSideProps } from "next";
import Head from "next/head";
import { useRouter } from "next/router";
import { Ids } from "../../lib/ids";
import { pause } from "../../lib/pause";

type Props = { header: string; cookie: string; query: string };

export const getServerSideProps: GetServerSideProps<Props> = async ({ req, query }) => {
  const header = String(req.headers["x-request-id"] ?? "no-id");
  await pause();
  const cookie = req.cookies.rid ?? "no-id";
  await pause();
  return { props: { header, cookie, query: String(query.rid ?? "no-id") } };
};

export default function LegacySsr({ header, cookie, query }: Props) {
  const router = useRouter();
  return (
    <main>
      <Head>
        <title>{`legacy ${header}`}</title>
      </Head>
      <Ids values={{ header, cookie, query, router: String(router.query.rid) }} />
      <p>{`locale ${router.locale}, page ${router.pathname}`}</p>
    </main>
  );
}
