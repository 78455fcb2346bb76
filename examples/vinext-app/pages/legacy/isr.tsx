import type { GetStaticProps } from "next";
import { useRouter } from "next/router";
import { pause } from "../../lib/pause";
import { timestamp } from "../../lib/timestamp";
import { Volatile } from "../../lib/volatile";

type Props = { madeAt: string };

export const getStaticProps: GetStaticProps<Props> = async () => {
  await pause();
  return { props: { madeAt: timestamp() }, revalidate: 1 };
};

export default function LegacyIsr({ madeAt }: Props) {
  const { locale } = useRouter();
  return (
    <p>
      {`legacy isr in ${locale} `}
      <Volatile timestamp={madeAt} />
    </p>
  );
}
