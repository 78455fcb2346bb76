// What startup.mjs preloads to see what Node's own loader of modules costs.
