import fc from "fast-check";

// A mutant that only the fortieth random case would notice is not worth an hour: cases and short laws have to notice it.
fc.configureGlobal({ numRuns: 15 });
