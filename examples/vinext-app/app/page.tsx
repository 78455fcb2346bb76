export default function Home() {
  return <h1>One app, every kind of request state</h1>;
}
