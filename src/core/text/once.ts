/** What `make` makes, made when it is first asked for. For what takes a while to get ready, and few runs need. */
export function once<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
