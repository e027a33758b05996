/** The package's version; a test keeps it equal to package.json, which is not read at run time to save the time. */
export const VERSION = "0.1.0";
