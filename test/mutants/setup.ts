import fc from "fast-check";

// A mutant that only the fortieth random case would notice is not worth an hour: cases and short laws have to notice it.
// What fell is enough: nobody reads the smallest case of it, and finding that takes most of the time.
fc.configureGlobal({ numRuns: 15, endOnFailure: true });
