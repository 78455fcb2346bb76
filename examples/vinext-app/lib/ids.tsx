export function Ids({ values }: { values: Record<string, string> }) {
  return (
    <ul>
      {Object.entries(values).map(([name, id]) => (
        <li key={name}>{`${name}: ${id}`}</li>
      ))}
    </ul>
  );
}
