import { eagerFiles } from "./chunks.ts";
import { buildDist } from "./dist.ts";

const { files, metafile } = await buildDist();
const kilobytes = (bytes: number) => `${Math.round(bytes / 1024)} KB`;
const total = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
const eager = eagerFiles(metafile).reduce((sum, file) => sum + (metafile.outputs[file]?.bytes ?? 0), 0);
console.log(`dist: ${files.size} files, ${kilobytes(total)}, of which ${kilobytes(eager)} load at start`);
