import type { GetServerSideProps } from "next";
import Head from "next/head";
import { useRouter } from "next/router";

type Props = { agent: string; session: string };

export const getServerSideProps: GetServerSideProps<Props> = async ({ req }) => ({
  props: { agent: String(req.headers["x-agent"]), session: String(req.cookies.session) },
});

export default function Ssr({ agent, session }: Props) {
  const { pathname } = useRouter();
  return (
    <main>
      <Head>
        <title>{`legacy ${agent}`}</title>
      </Head>
      <p>{`${pathname}: ${agent} ${session}`}</p>
      <ul>
        {Array.from({ length: 10 }, (_, index) => (
          <li key={String(index)}>{`row ${index}`}</li>
        ))}
      </ul>
    </main>
  );
}
