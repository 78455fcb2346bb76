// The type and the accessor of a request field, by kind of its slot. src/store/registry/kind.rs says how a field of the record
// encodes a value.

/**
 * @param {any} slot one whose kind determines its type
 * @returns {string} its type, in TypeScript
 */
export function typeOf({ kind, variants }) {
  switch (kind) {
    case "flag":
      return "boolean";
    case "enum":
      return variants.map((variant) => JSON.stringify(variant)).join(" | ");
    case "counter":
      return "number";
    default:
      throw new Error(`scripts/generate/accessors.mjs has no type for the kind ${kind}`);
  }
}

/**
 * @param {any} slot
 * @param {any} layout of a record
 * @param {any} limits
 * @param {Record<string, string>} makers of lazy slots, by key
 * @returns {string} a getter and a setter
 */
export function accessor(slot, layout, limits, makers) {
  switch (slot.kind) {
    case "value":
      return value(slot);
    case "flag":
      return flag(slot, layout);
    case "enum":
      return choice(slot, layout);
    case "counter":
      return counter(slot, layout, limits);
    case "lazy":
      return lazy(slot, makers[slot.key]);
    default:
      throw new Error(`scripts/generate/accessors.mjs has no accessor for the kind ${slot.kind}`);
  }
}

function value({ key }) {
  return `
  get ${key}() {
    return this.$values.${key};
  }
  set ${key}(value) {
    if (this.$values.${key} !== value) ownValues(this).${key} = value;
  }
`;
}

/** One that a child context inherits is made for the whole context group. */
function lazy({ key, inChild }, maker) {
  const make =
    inChild === "inherit"
      ? `const group = (this.$group ??= new ContextGroup(this));
    return (group.${key} ??= ${maker});`
      : `return (ownCollections(this).${key} = ${maker});`;
  return `
  get ${key}() {
    const own = this.$collections.${key};
    if (own !== undefined) return own === UNDEFINED ? undefined : own;
    ${make}
  }
  set ${key}(value) {
    ownCollections(this).${key} = value === undefined ? UNDEFINED : value;
  }
`;
}

function flag({ key, field, default: value }, { bytes, codes }) {
  const at = `(this.$base << 2) + ${bytes.fields + field}`;
  return `
  get ${key}() {
    const code = this.$bytes[${at}];
    return code === 0 ? ${value} : code === 1 ? ${!value} : readOther(this, "${key}");
  }
  set ${key}(value) {
    const code =
      value === ${value} ? 0 : value === ${!value} ? 1 : writeOther(this, "${key}", value, ${codes.otherByte});
    if (this.$base === 0) {
      if (this.$bytes[${bytes.fields + field}] === code) return;
      takeRecord(this);
    }
    this.$bytes[${at}] = code;
  }
`;
}

function choice({ key, field, variants, default: value }, { bytes, codes }) {
  const at = `(this.$base << 2) + ${bytes.fields + field}`;
  const first = variants.indexOf(value);
  const byCode = [...variants.slice(first), ...variants.slice(0, first)].map((variant) => JSON.stringify(variant));
  return `
  get ${key}() {
    switch (this.$bytes[${at}]) {
      ${byCode.map((variant, code) => `case ${code}: return ${variant};`).join("\n")}
      default:
        return readOther(this, "${key}");
    }
  }
  set ${key}(value) {
    let code = 0;
    switch (value) {
      ${byCode.map((variant, code) => `case ${variant}: code = ${code}; break;`).join("\n")}
      default:
        code = writeOther(this, "${key}", value, ${codes.otherByte});
    }
    if (this.$base === 0) {
      if (this.$bytes[${bytes.fields + field}] === code) return;
      takeRecord(this);
    }
    this.$bytes[${at}] = code;
  }
`;
}

function counter({ key, field, default: value }, { words, codes }, { counterMax }) {
  const at = `this.$base + ${words.counters + field}`;
  // Counters whose default is 0 need no arithmetic.
  const [up, down] = value === 0 ? ["", ""] : [` + ${value}`, ` - ${value}`];
  return `
  get ${key}() {
    const code = this.$words[${at}];
    return code === ${codes.otherWord} ? readOther(this, "${key}") : code${up};
  }
  set ${key}(value) {
    const code =
      Number.isInteger(value) && value >= ${value} && value <= ${counterMax}
        ? value${down}
        : writeOther(this, "${key}", value, ${codes.otherWord});
    if (this.$base === 0) {
      if (this.$words[${words.counters + field}] === code) return;
      takeRecord(this);
    }
    this.$words[${at}] = code;
  }
`;
}
