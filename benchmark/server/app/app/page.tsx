export default function Home() {
  return <main>benchmark</main>;
}
