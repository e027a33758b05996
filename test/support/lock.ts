/** A program that takes the lock named by its argument, says so, and holds it until it is killed or told to let go. */
export const HOLDER = `
  import { acquireLock } from "./src/adapters/state/file-lock.ts";
  const lock = await acquireLock(process.argv[2], 0);
  process.stdin.once("data", async () => {
    process.stdout.write(String(lock.isHeld()));
    await lock.release();
    process.exit();
  });
  process.stdout.write("held");
  setInterval(() => {}, 1000);
`;
