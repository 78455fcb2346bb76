export default function Page({ label }) {
  return <p>{label}</p>;
}

export function getServerSideProps() {
  return { props: { label: globalThis.onescopeTest.label() } };
}
