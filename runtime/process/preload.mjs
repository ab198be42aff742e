// For `node --import`: a program that is not ours ends with the process that started it.
const { endWithParent } = await import('./withparent.ts')
endWithParent(0)
