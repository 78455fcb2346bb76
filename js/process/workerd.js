// Workers run one thread each, and no thread sees another: there is nothing to attach.

export function attachSoon() {}
