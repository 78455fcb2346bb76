// Far longer than a measurement: each request but the first is a hit.
export const revalidate = 86400;

export default async function Isr() {
  return (
    <main>
      <ul>
        {Array.from({ length: 10 }, (_, index) => (
          <li key={String(index)}>{`row ${index}`}</li>
        ))}
      </ul>
    </main>
  );
}
