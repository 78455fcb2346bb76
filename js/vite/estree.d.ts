// What difference.js reads of a module's ESTree: each node has those properties that belong to its type.

export interface Program {
  body: Node[];
}

export interface Node {
  type: string;
  name: string;
  value: Node;
  id: Node;
  key: Node;
  body: Program;
  argument: Node;
  callee: Node;
  source: Node;
  exported: Node;
  declaration: Node | null;
  declarations?: Node[];
  specifiers: Node[];
  properties: Node[];
  elements: Node[];
  arguments: Node[];
  params: Node[];
}
