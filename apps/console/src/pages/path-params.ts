/** What stood in the address where the path of a page has `:names`. */
export type PathParams = Readonly<Record<string, string | undefined>>;
